"""Characters are put in order in one walk, however a text is made."""

from time import perf_counter

import pytest

from partyqa.text.normalise import normalise

LENGTH = 200_000


@pytest.mark.parametrize(
    "piece", ["x", "co ", "%", "sa \u0309n ", "ab\u200b", " ", "ð", "a\u0301", "x\u200b1 "]
)
def test_no_text_is_slow_to_put_in_order(piece: str) -> None:
    text = (piece * LENGTH)[:LENGTH]
    started = perf_counter()
    once = normalise(f"{text} Ðảng")
    assert perf_counter() - started < 5, "a hundredth of what a walk for each letter takes"
    assert once.endswith("Đảng")
