"""Count what one question calls: `python benchmarks/calls.py INDEX`, medians over the dev questions.

`fold` and `understand` are calls in the whole of `ask`. The rest begins when the passages are found: the modules that
answering enters, the moves between them (each pair of modules of which one calls the other, once) and the steps
back (moves to a module that was entered before the calling one); then the same by folder. Comprehensions count as the
function that they stand in.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any

import partyqa
from partyqa.engine import PartyQA

QUESTIONS = Path(__file__).resolve().parents[1] / "evaluation" / "questions.jsonl"
SOURCE = f"{Path(partyqa.__file__).parent}/"
NAMES = ("fold", "understand")


class Calls:
    """The calls of one question; `folders` are those of modules, answering by itself."""

    def __init__(self) -> None:
        self.named = dict.fromkeys(NAMES, 0)
        self.entered: dict[str, int] = {}
        self.moves: dict[tuple[str, str], None] = {}
        self.answering = False

    def profile(self, frame: FrameType, event: str, called: Any) -> None:
        """Take note of a call, as sys.setprofile wants it."""
        if event != "call" or not frame.f_code.co_filename.startswith(SOURCE):
            return
        name = frame.f_code.co_name
        if name in self.named:
            self.named[name] += 1
        if not self.answering:
            return
        module, caller = _module(frame), _caller(frame)
        self.entered.setdefault(module, len(self.entered))
        if caller in self.entered and caller != module:
            self.moves.setdefault((caller, module))

    def counted(self, place: Callable[[str], str]) -> tuple[int, int, int]:
        """Return how many modules were entered, the moves between them, and the steps back, by `place`."""
        first: dict[str, int] = {}
        for module in self.entered:
            first.setdefault(place(module), len(first))
        moves = {(place(one), place(other)) for one, other in self.moves} - {(one, one) for one in first}
        return len(first), len(moves), sum(first[other] < first[one] for one, other in moves)


def _module(frame: FrameType) -> str:
    return frame.f_code.co_filename.removeprefix(SOURCE).removesuffix(".py")


def _caller(frame: FrameType) -> str:
    """The nearest module of partyqa that the call comes from: libraries between are left out."""
    above = frame.f_back
    while above is not None and not above.f_code.co_filename.startswith(SOURCE):
        above = above.f_back
    return _module(above) if above else ""


def count(engine: PartyQA, turns: list[str]) -> Calls:
    """Ask a question with its earlier turns, and return its calls."""
    calls, answer = Calls(), engine.answerer.answer

    def answered(*given: Any) -> Any:
        calls.answering = True
        return answer(*given)

    engine.answerer.answer = answered  # type: ignore[method-assign]
    sys.setprofile(calls.profile)
    try:
        engine.ask(turns[-1], turns[:-1])
    finally:
        sys.setprofile(None)
        engine.answerer.answer = answer  # type: ignore[method-assign]
    return calls


def main() -> None:
    """Ask every dev question and print the medians."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("index", type=Path)
    engine = PartyQA.open(options.parse_args().index)
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    found = [count(engine, row["turns"]) for row in rows if row["split"] == "dev"]
    for name in NAMES:
        print(f"{name}(): {median(calls.named[name] for calls in found):g}")
    for title, place in (("modules", str), ("folders", lambda module: module.split("/")[0])):
        counted = zip(*(calls.counted(place) for calls in found), strict=True)
        print(f"{title} entered / moves / steps back: {' / '.join(f'{median(one):g}' for one in counted)}")


if __name__ == "__main__":
    main()
