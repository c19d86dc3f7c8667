"""Put the service under load on 127.0.0.1: people who ask, a burst, a rebuild meanwhile: `make load`.

A server of its own over an index of its own; close other programs first, the numbers are wall-clock times. Exit
code 1 where a target is missed.
"""

import gevent

import locust  # isort: skip  (it has gevent replace sockets and processes, so it comes before what uses them)

import argparse
import json
import logging
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from locust.env import Environment

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import CORPUS, PARTYQA, Row, machine, serving, show, wait_for
from locustfile import API, EVERY, PAGE, ApiPerson, PagePerson

OPEN_PAGE = Path(__file__).resolve().parent / "open_page.py"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SETTLING = 30.0  # seconds that memory has to come back after a burst
MOST_GROWTH = 1.10
P95_MS, USABLE_S = 1500.0, 2.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `ms` until its answer was whole, `status` 0 where none came."""

    name: str
    ms: float
    status: int
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """What came of a part of the load; times in ms."""

    requests: int
    failed: int
    statuses: dict[str, int]
    median: float
    p95: float
    most: float
    p95_of: dict[str, float] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Server:
    """A running `partyqa serve`."""

    url: str
    process: psutil.Process

    def memory(self) -> float:
        """Return what it holds, its children too, in MB (10^6 bytes)."""
        return (
            sum(one.memory_info().rss for one in (self.process, *self.process.children(recursive=True))) / 1e6
        )

    def generation(self) -> str:
        """Return the generation of the index that answers now."""
        with urllib.request.urlopen(f"{self.url}/health/ready", timeout=30) as got:
            return str(json.load(got)["generation"])


def summary(asked: Sequence[Asked]) -> Phase:
    """Count and measure; what was not answered with 200 has failed, and is in the times too."""
    times = sorted(one.ms for one in asked) or [0.0]
    names = sorted({one.name for one in asked})
    return Phase(
        requests=len(asked),
        failed=sum(bool(one.failure) or one.status != 200 for one in asked),
        statuses=dict(sorted(Counter(str(one.status) for one in asked).items())),
        median=statistics.median(times),
        p95=p95(times),
        most=times[-1],
        p95_of={name: p95(sorted(one.ms for one in asked if one.name == name)) for name in names},
        failures=dict(Counter(one.failure for one in asked if one.failure).most_common(5)),
    )


def p95(times: Sequence[float]) -> float:
    """Return the smallest time under or at which 95 % of the sorted times are."""
    return times[max(0, -(-95 * len(times) // 100) - 1)]


@contextmanager
def people(server: Server, kinds: Sequence[type[Any]], count: int, rate: float) -> Iterator[list[Asked]]:
    """Let so many people ask until the block ends, `rate` of them beginning each second; give their requests."""
    asked: list[Asked] = []
    environment = Environment(user_classes=list(kinds), host=server.url, stop_timeout=90)

    def note(name: str, response_time: float, exception: Exception | None, **more: Any) -> None:
        if name not in (API, PAGE):
            if exception:
                asked.append(Asked(name, response_time, 0, f"{name}: {exception}"[:200]))
            return
        response = more.get("response")
        status = response.status_code if response is not None else more["context"]["status"]
        asked.append(Asked(name, response_time, int(status or 0), str(exception)[:200] if exception else ""))

    environment.events.request.add_listener(note)
    runner = environment.create_local_runner()
    runner.start(count, spawn_rate=rate)
    try:
        yield asked
    finally:
        runner.stop()
        runner.quit()


def ask_for(server: Server, seconds: float, count: int) -> Phase:
    """Half of them ask in the page, half through the API; they begin spread over the time between two questions."""
    with people(server, (ApiPerson, PagePerson), count, count / EVERY) as asked:
        gevent.sleep(seconds)
    return summary(asked)


class Impatient(ApiPerson):
    """Somebody who asks once and leaves."""

    def wait_time(self) -> float:
        """Raise what ends a person."""
        raise locust.exception.StopUser


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst of questions, and the server's memory before, at most, and when it had settled, in MB."""

    phase: Phase
    before: float
    peak: float
    after: float


def burst(server: Server, count: int) -> Burst:
    """Send so many questions at once; then wait for the memory to come back."""
    before = peak = server.memory()
    with people(server, (Impatient,), count, float(count)) as asked:
        until = time.perf_counter() + 120
        while len(asked) < count and time.perf_counter() < until:
            peak = max(peak, server.memory())
            gevent.sleep(0.1)
    until = time.perf_counter() + SETTLING
    while (after := server.memory()) > before * MOST_GROWTH and time.perf_counter() < until:
        gevent.sleep(0.5)
    return Burst(summary(asked), before, peak, after)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A rebuild while people asked; seconds that it took, and until the server answered from it."""

    phase: Phase
    seconds: float
    taken_up: float


def rebuild(server: Server, index: Path, corpus: Path, count: int) -> Rebuild:
    """Change the articles and run `partyqa index` under load."""
    change(corpus)
    before = server.generation()
    with people(server, (ApiPerson, PagePerson), count, count / EVERY) as asked:
        gevent.sleep(EVERY)
        started = time.perf_counter()
        command: list[str | Path] = [PARTYQA, "index", corpus, "--index", index]
        done = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while done.poll() is None:
            gevent.sleep(0.05)
        if done.returncode:
            assert done.stderr
            raise RuntimeError(done.stderr.read().decode())
        seconds = time.perf_counter() - started
        while server.generation() == before:
            if time.perf_counter() - started - seconds > 120:
                raise RuntimeError("the server did not take up the new index")
            gevent.sleep(0.05)
        taken_up = time.perf_counter() - started - seconds
        gevent.sleep(EVERY)
    return Rebuild(summary(asked), seconds, taken_up)


def change(corpus: Path) -> None:
    """Give every article a sentence more, and the corpus one article more."""
    files = [file for file in sorted(corpus.glob("*.md")) if file.name != "README.md"]
    text = files[0].read_text("utf-8")
    (corpus / "bai-moi.md").write_text(text, "utf-8")
    for number, file in enumerate(files, 1):
        held = file.read_text("utf-8").rstrip()
        file.write_text(f"{held}\n\nNgày hôm ấy có {number} chi bộ họp.\n", "utf-8")


def usable(url: str) -> float | None:
    """Return the seconds from a browser's first request to a page that takes a question; None without Chromium."""
    done = subprocess.run(
        [sys.executable, OPEN_PAGE, url], capture_output=True, text=True, timeout=180, check=False
    )
    return float(done.stdout) if done.returncode == 0 else None


def measure(folder: Path, choice: argparse.Namespace) -> dict[str, Any]:
    """Do all of it once."""
    corpus, index = folder / "corpus", folder / "index"
    shutil.copytree(choice.corpus, corpus)
    subprocess.run([PARTYQA, "index", corpus, "--index", index], check=True, capture_output=True)
    with serving(folder, index, "--corpus", corpus) as (url, process):
        wait_for(f"{url}/health/ready", process, most=300)
        server = Server(url, psutil.Process(process.pid))
        page = usable(server.url)
        asked = ask_for(server, choice.seconds, choice.people)
        crowd = burst(server, choice.burst)
        built = rebuild(server, index, corpus, choice.rebuild_people)
    return {"page_usable_s": page, "asked": asdict(asked), "burst": asdict(crowd), "rebuild": asdict(built)}


def rows(found: dict[str, Any], choice: argparse.Namespace) -> Iterator[Row]:
    """Return the table's lines."""
    if (page := found["page_usable_s"]) is not None:
        yield Row(
            "trang gõ được, từ khi máy chủ sẵn sàng", "page usable", f"{page:.1f} s", "< 2 s", page < USABLE_S
        )
    asked, crowd, built = found["asked"], found["burst"], found["rebuild"]
    vi = f"{choice.people} người hỏi, mỗi người {EVERY:.0f} giây một câu, {choice.seconds:.0f} giây"
    en = f"{choice.people} people asking every {EVERY:.0f} s for {choice.seconds:.0f} s"
    yield Row(vi, en, f"{asked['requests']} câu, hỏng {asked['failed']}", "hỏng 0", not asked["failed"])
    yield Row(
        "... 95 % số câu dưới (trung vị, lâu nhất)",
        "... 95 % are under (median, longest)",
        f"{asked['p95']:.0f} ms ({asked['median']:.0f}, {asked['most']:.0f})",
        "< 1500 ms",
        asked["p95"] < P95_MS,
    )
    for name, ms in asked["p95_of"].items():
        yield Row(f"... {name}", f"... {name}", f"{ms:.0f} ms")
    said = crowd["phase"]["statuses"]
    told = ", ".join(f"{count} × {status}" for status, count in said.items())
    sound = crowd["phase"]["requests"] == choice.burst and set(said) <= {"200", "429"}
    yield Row(f"{choice.burst} câu cùng một lúc", f"{choice.burst} at once", told, "200 · 429", sound)
    yield Row(
        "... bộ nhớ: trước, lớn nhất, sau",
        "... memory: before, peak, after",
        f"{crowd['before']:.0f}, {crowd['peak']:.0f}, {crowd['after']:.0f} MB",
        "sau < trước + 10 %",
        crowd["after"] <= crowd["before"] * MOST_GROWTH,
    )
    phase = built["phase"]
    yield Row(
        f"dựng lại chỉ mục ({built['seconds']:.0f} s) khi {choice.rebuild_people} người đang hỏi",
        f"a rebuild while {choice.rebuild_people} people ask; taken up after {built['taken_up']:.1f} s",
        f"{phase['requests']} câu, hỏng {phase['failed']}, 95 % dưới {phase['p95']:.0f} ms",
        "hỏng 0",
        not phase["failed"],
    )


def options(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=180, help="how long the people ask")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--burst", type=int, default=500, help="questions sent at once")
    parser.add_argument("--rebuild-people", type=int, default=20, help="people who ask during the rebuild")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--json", type=Path, help="write the numbers there too")
    return parser.parse_args(words)


def main() -> int:
    """Measure, print, and say whether every target was met."""
    choice, load = options(), os.getloadavg()[0]
    logging.getLogger("locust").setLevel(logging.ERROR)  # it warns of bursts, which are meant
    with tempfile.TemporaryDirectory(prefix="partyqa-load-") as place:
        found = measure(Path(place), choice)
    where = machine(load)
    lines = list(rows(found, choice))
    show(lines, where)
    for phase in (found["asked"], found["burst"]["phase"], found["rebuild"]["phase"]):
        for failure, count in phase["failures"].items():
            print(f"{count} × {failure}", file=sys.stderr)
    if choice.json:
        choice.json.write_text(
            json.dumps({"machine": where, **found}, ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
    return int(any(line.met is False for line in lines))


if __name__ == "__main__":
    sys.exit(main())
