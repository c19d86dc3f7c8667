"""Questions about clauses of three made-up regulations: is the right clause the first that is quoted?

The regulations and their thirty questions lie in `regulations/`; nothing of the data folder is used.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from partyqa.engine import PartyQA, build_index
from partyqa.question.clauses import keys_of

FOLDER = Path(__file__).parent / "regulations"


def measure(data: Path) -> Iterator[tuple[str, str]]:
    """Yield how many of the questions were answered from the right clause first, and each that was not."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        corpus.mkdir()
        for file in FOLDER.glob("*.txt"):
            (corpus / file.name).write_bytes(file.read_bytes())
        build_index(corpus, index)
        engine = PartyQA.open(index)
        rows = [line.split("\t") for line in (FOLDER / "questions.tsv").read_text("utf-8").splitlines()]
        asked = [row for row in rows if not row[0].startswith("#")][1:]
        wrong = [
            (question, first)
            for question, file, clause in asked
            for first in _wrong(engine, question, file, clause)
        ]
    yield "clause questions: right clause first", f"{len(asked) - len(wrong)} of {len(asked)}"
    for question, first in wrong:
        yield f"  not: {question}", first


def _wrong(engine: PartyQA, question: str, file: str, clause: str) -> Iterator[str]:
    """Yield what came first where it is not of the clause: from the outside in, chapters left out."""
    answer = engine.ask(question)
    if clause == "-":
        if answer.refusal is None or answer.refusal.reason != "no_clause":
            yield answer.text[:80]
        return
    first = answer.citations[0].sentence if answer.citations else None
    if (
        first is None
        or first.article.id != file
        or not keys_of(tuple(clause.split("/"))) <= keys_of(first.path)
    ):
        yield f"{first.path}: {first.text[:60]}" if first else answer.text[:80]
