"""Freeze what the program does, to compare after its code was moved or rewritten.

    python tools/freeze.py record FOLDER     answers, OpenAPI document, evaluation, exported conversations
    python tools/freeze.py compare OLD NEW   each difference in a line; exit 1 if there is any

Answers are those to every question for tuning: the dev rows of the evaluation and the rows of the tuning file,
follow-ups with their turns. Times, generations and anything else that differs between two runs are left out.
"""

import argparse
import difflib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
PARTYQA = Path(sys.executable).parent / "partyqa"
QUESTIONS = ROOT / "evaluation" / "questions.jsonl"
TUNING = ROOT / "evaluation" / "tuning_questions.jsonl"
ASKED = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
SHOWN = 20  # differences of one kind


def main() -> None:
    """Record into a folder, or compare two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("record").add_argument("folder", type=Path)
    compare_verb = verbs.add_parser("compare")
    compare_verb.add_argument("old", type=Path)
    compare_verb.add_argument("new", type=Path)
    given = parser.parse_args()
    if given.verb == "record":
        record(given.folder)
        return
    found = compare(given.old, given.new)
    print("\n".join(found) or "no difference")
    sys.exit(bool(found))


def record(folder: Path) -> None:
    """Write everything that is compared into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        index = Path(place, "index")
        run("index", ROOT / "corpus", "--index", index)
        rows = [row for row in lines_of(QUESTIONS) if row["split"] == "dev"] + list(lines_of(TUNING))
        batch = Path(place, "questions.jsonl")
        batch.write_text(
            "".join(json.dumps({"id": row["id"], "turns": row["turns"]}) + "\n" for row in rows), "utf-8"
        )
        answers = [json.loads(line) for line in run("ask", "--batch", batch, "--index", index).splitlines()]
        keep(folder / "answers.json", {answer["id"]: essence(answer) for answer in answers})
        for name, content in exported(answers):
            folder.joinpath(name).write_text(content, "utf-8")
        measured = json.loads(run("evaluate", QUESTIONS, "--split", "dev", "--json"))
        keep(folder / "evaluation.json", without_times(measured))
        keep(folder / "openapi.json", described(index, Path(place)))


def compare(old: Path, new: Path) -> list[str]:
    """Return a line for each difference, at most SHOWN of a file."""
    found: list[str] = []
    for path in sorted({path.name for folder in (old, new) for path in folder.iterdir()}):
        before, after = (folder / path for folder in (old, new))
        if not (before.exists() and after.exists()):
            found.append(f"{path}: only in {old if before.exists() else new}")
            continue
        different = list(changed(before, after))
        found += [f"{path}: {what}" for what in different[:SHOWN]]
        if len(different) > SHOWN:
            found.append(f"{path}: and {len(different) - SHOWN} more")
    return found


def changed(before: Path, after: Path) -> Iterator[str]:
    """Yield the differences of two recorded files: values of JSON by their place, lines of any other text."""
    texts = [path.read_text("utf-8") for path in (before, after)]
    if before.suffix == ".json" and not before.name.startswith("export"):
        for where, what in differences(*map(json.loads, texts)):
            yield f"{where}: {what}"
    else:
        for line in difflib.unified_diff(*(text.splitlines() for text in texts), lineterm="", n=0):
            if not line.startswith(("---", "+++", "@@")):
                yield line


def differences(before: Any, after: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield where two values differ, and how."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), f"{where}/{key}")
    elif before != after:
        yield (
            where or "/",
            f"{json.dumps(before, ensure_ascii=False)} -> {json.dumps(after, ensure_ascii=False)}",
        )


def essence(answer: dict[str, Any]) -> dict[str, Any]:
    """Return of an answer what must not change: sentences, marked words, refusal, confidence."""
    cited = {
        kind: [[one["sentence_id"], one["highlight"]] for one in answer[kind]]
        for kind in ("citations", "related")
    }
    return {
        **cited,
        **{key: answer[key] for key in ("standalone_question", "answered", "text", "confidence")},
    }


def exported(answers: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the files of three conversations in both languages: one answer, a refusal, and ten of both."""
    from partyqa.i18n import texts
    from partyqa.service.export.content import Exchange
    from partyqa.service.export.export import export

    fixed = [{**answer, "index": {"generation": "G", "encoder": "E"}, "timings_ms": {}} for answer in answers]
    first = next(answer for answer in fixed if answer["answered"])
    refused = next(answer for answer in fixed if not answer["answered"])
    os.environ["TZ"] = "UTC"
    time.tzset()
    for number, chosen in enumerate(([first], [refused], fixed[:10]), 1):
        exchanges = [Exchange(answer, ASKED) for answer in chosen]
        for lang in ("vi", "en"):
            for form in ("md", "json", "docx"):
                content = export(form, exchanges, "http://localhost", texts(lang)).content
                name = f"export-{number}-{lang}.{'docx.txt' if form == 'docx' else form}"
                yield name, words_of(content) if form == "docx" else content.decode()


def words_of(docx: bytes) -> str:
    """Return a DOCX file's document, a line a paragraph."""
    with zipfile.ZipFile(BytesIO(docx)) as parts:
        return parts.read("word/document.xml").decode().replace("</w:p>", "</w:p>\n")


def described(index: Path, place: Path) -> Any:
    """Return the OpenAPI document of a server of this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    database = f"sqlite:///{place / 'db.sqlite'}"
    words = [
        "serve",
        "--index",
        index,
        "--port",
        str(port),
        "--corpus",
        place / "corpus",
        "--database",
        database,
    ]
    server = subprocess.Popen([PARTYQA, *words], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                with urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5) as reply:
                    return json.load(reply)
            except URLError:
                time.sleep(0.1)
        raise SystemExit("the server did not start")
    finally:
        server.terminate()
        server.wait(60)


def without_times(value: Any) -> Any:
    """Return a report without what a clock measured."""
    if isinstance(value, dict):
        return {
            key: without_times(one) for key, one in value.items() if not re.search("timings|seconds|_ms", key)
        }
    return [without_times(one) for one in value] if isinstance(value, list) else value


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file of JSON lines."""
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)


def keep(path: Path, value: Any) -> None:
    """Write a value as JSON, its keys in order."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def run(*words: str | Path) -> str:
    """Return what a command printed; its complaints go to the terminal."""
    return subprocess.run([PARTYQA, *words], stdout=subprocess.PIPE, check=True, text=True).stdout


if __name__ == "__main__":
    main()
