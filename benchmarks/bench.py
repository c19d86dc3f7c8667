"""Measure speed and memory on this machine: `make bench`; `--write` keeps the table in evaluation/README.md.

Everything runs on an index of corpus/ built in a folder of its own. Close other programs first: the numbers
are wall-clock times.
"""

import argparse
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "evaluation" / "README.md"
QUESTIONS = ROOT / "evaluation" / "questions.jsonl"
CORPUS = ROOT / "corpus"
PARTYQA = Path(sys.executable).parent / "partyqa"

COLD_QUESTION = "Huyện Mường Ảng có bao nhiêu tổ chức cơ sở đảng?"
REPEATS = 3
PASSAGE_TOKENS, PASSAGES = 170, 64
LOG = "server.log"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
_HEADING = "## Tốc độ và bộ nhớ · Speed and memory"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `met` is None where there is no target."""

    vi: str
    en: str
    measured: str
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended well: wall-clock seconds and the most memory it held, in MB (10^6 bytes)."""

    seconds: float
    peak: float


def run(*words: str | Path) -> Ended:
    """Run the console command to its end; RuntimeError when it fails.

    Linux counts the memory of the parent at the fork as the child's: nothing heavy may be loaded here yet.
    """
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([PARTYQA, *words], stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"partyqa {words[0]} ended with {process.returncode}: {said.read().decode()}")
    return Ended(seconds, usage.ru_maxrss * 1024 / 1e6)  # Linux counts in KiB


def median_of(runs: Sequence[Ended]) -> Ended:
    """Return the median time and the highest peak."""
    return Ended(statistics.median(done.seconds for done in runs), max(done.peak for done in runs))


def distinct_questions(path: Path) -> list[str]:
    """Return each last turn once, in order: asked twice, a question would be remembered."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return list(dict.fromkeys(row["turns"][-1] for row in rows))


def measure_building(folder: Path) -> Iterator[Row]:
    """A first build, then builds with nothing to do."""
    first = run("index", CORPUS, "--index", folder)
    help_ = median_of([run("--help") for _ in range(REPEATS)])
    again = median_of([run("index", CORPUS, "--index", folder) for _ in range(REPEATS)])
    yield Row(
        "`partyqa --help`", "`partyqa --help`", f"{help_.seconds:.2f} s", "< 0.5 s", help_.seconds < 0.5
    )
    yield Row("dựng chỉ mục `corpus/` từ đầu", "first build of `corpus/`", f"{first.seconds:.1f} s")
    yield memory("bộ nhớ lớn nhất khi dựng", "peak memory of that build", first)
    yield Row(
        "dựng lại khi không có gì đổi",
        "rebuild with nothing changed",
        f"{again.seconds:.2f} s",
        "< 1 s + khởi động · start-up",
        again.seconds < 1 + help_.seconds,
    )


def measure_asking(folder: Path) -> Iterator[Row]:
    """One question from a cold start, as a process of its own."""
    cold = median_of([run("ask", COLD_QUESTION, "--index", folder) for _ in range(REPEATS)])
    yield Row(
        "`partyqa ask`, từ lúc gõ đến câu trả lời",
        "`partyqa ask`, typed to answered",
        f"{cold.seconds:.2f} s",
        "< 6 s",
        cold.seconds < 6,
    )
    yield memory("bộ nhớ lớn nhất của lệnh ấy", "its peak memory", cold)


def memory(vi: str, en: str, done: Ended) -> Row:
    """Every process has the same target."""
    return Row(vi, en, f"{done.peak / 1000:.2f} GB", "< 1.2 GB", done.peak < 1200)


def measure_engine(folder: Path) -> Iterator[Row]:
    """Questions inside one process, each asked once, then the embedding of passages."""
    from partyqa.engine import PartyQA

    engine = PartyQA.open(folder)
    engine.ask(COLD_QUESTION)  # loads the model, as the first question to a server does
    times = []
    for question in distinct_questions(QUESTIONS):
        started = time.perf_counter()
        engine.ask(question)
        times.append(1000 * (time.perf_counter() - started))
    middle = statistics.median(times)
    yield Row(
        f"một câu hỏi khi đã nạp, trung vị của {len(times)} câu khác nhau",
        f"a question once loaded, median of {len(times)} distinct ones",
        f"{middle:.0f} ms",
        "60 ms",
        middle <= 60,
    )
    yield Row("... 95 % số câu dưới", "... 95 % are under", f"{statistics.quantiles(times, n=20)[-1]:.0f} ms")

    def off_target(text: str) -> int:
        return abs(engine.encoder.count_tokens(text) - PASSAGE_TOKENS)

    texts = sorted((passage.embeddable for passage in engine.index.passages), key=off_target)[:PASSAGES]
    engine.encoder.embed_passages(texts[:2])  # loads torch and the model
    started = time.perf_counter()
    engine.encoder.embed_passages(texts)
    speed = len(texts) / (time.perf_counter() - started)
    tokens = statistics.mean(map(engine.encoder.count_tokens, texts))
    yield Row(
        f"nhúng đoạn văn, trung bình {tokens:.0f} token mỗi đoạn",
        f"embedding passages of {tokens:.0f} tokens on average",
        f"{speed:.0f}/s",
        ">= 30/s",
        speed >= 30,
    )


def measure_serving(folder: Path) -> Iterator[Row]:
    """From the command to a page that a browser is given."""
    started = time.perf_counter()
    with serving(folder.parent, folder) as (url, process):
        wait_for(f"{url}/", process)
        seconds = time.perf_counter() - started
    yield Row(
        "`partyqa serve`: đến khi mở được trang", "`partyqa serve`: until the page opens", f"{seconds:.1f} s"
    )


@contextmanager
def serving(place: Path, index: Path, *words: str | Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Keep a server running on a free port, its database and log in `place`; stop it as systemd would."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command: list[str | Path] = [PARTYQA, "serve", "--index", index, "--port", str(port), *words]
    own = {**os.environ, "PARTYQA_DATABASE": str(place / "bench.sqlite"), "HF_HUB_OFFLINE": "1"}
    with (place / LOG).open("wb") as log:
        process = subprocess.Popen(command, env=own, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}", process
        except TimeoutError as error:
            raise RuntimeError((place / LOG).read_text("utf-8", "replace")[-2000:]) from error
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], most: float = 60.0) -> None:
    """Return when `url` is answered with 200; TimeoutError when the server ends, or after `most` seconds."""
    until = time.perf_counter() + most
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.perf_counter() < until:
        try:
            with opener.open(url, timeout=most) as page:
                if page.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"no page at {url}")


def machine(load: float) -> str:
    """Return processor, cores, memory, Python, date and how busy it was with other work, in one line."""
    cores = len(os.sched_getaffinity(0))
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    found = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = found[0].partition(":")[2].strip() if found else platform.machine()
    return (
        f"{processor}, {cores} lõi · cores, {memory_gb:.0f} GB, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%Y-%m-%d}, tải lúc bắt đầu · load at the start {load:.1f}"
    )


def markdown(rows: Sequence[Row], where: str) -> str:
    """Return the table as Markdown, the machine above it."""
    lines = [
        f"`make bench`: {where}.",
        "",
        "| việc | what | đo được · measured | đích · target |",
        "|---|---|---|---|",
    ]
    for row in rows:
        target = row.target if row.met is not False else f"{row.target} (chưa đạt · missed)"
        lines.append(f"| {row.vi} | {row.en} | {row.measured} | {target} |")
    return "\n".join(lines)


def with_block(page: str, block: str) -> str:
    """Return `page` with `block` between the marks, which are put at the end of the Vietnamese half if missing."""
    marked = f"{BEGIN}\n{block}\n{END}"
    if BEGIN in page and END in page.partition(BEGIN)[2]:
        before, _, rest = page.partition(BEGIN)
        return before + marked + rest.partition(END)[2]
    section = f"{_HEADING}\n\n{marked}\n"
    half, line, english = page.partition("\n---\n\n# English")
    return f"{half.rstrip()}\n\n{section}{line}{english}" if half.strip() else section


def show(rows: Sequence[Row], where: str) -> None:
    """Print the table."""
    table = Table(title=where, title_justify="left")
    for name in ("việc · what", "đo được", "đích"):
        table.add_column(name)
    for row in rows:
        mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: " "}[row.met]
        table.add_row(f"{row.vi}\n[dim]{row.en}[/]", row.measured, f"{mark} {row.target}")
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def main() -> None:
    """Measure, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="replace the table in evaluation/README.md")
    write = parser.parse_args().write
    load = os.getloadavg()[0]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="partyqa-bench-") as place:
        folder = Path(place) / "index"
        for step in (measure_building, measure_asking, measure_serving, measure_engine):  # the heavy one last
            rows += step(folder)
    where = machine(load)
    show(rows, where)
    if write:
        page = README.read_text("utf-8") if README.exists() else ""
        README.write_text(with_block(page, markdown(rows, where)), "utf-8")


if __name__ == "__main__":
    main()
