"""What a reading model makes of a text under a question."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a text under a question; all scores are logits.

    `answers`: the text answers. `relevant`: it is from the right place. `start`, `end`: the code points of the
    best words for an answer, given even where the text does not answer; `margin` is how far those words lie above "no
    words answer".
    """

    answers: float
    relevant: float
    start: int
    end: int
    margin: float

    @property
    def words(self) -> tuple[int, int] | None:
        """The span of the words read as the answer; None where no words were read."""
        return (self.start, self.end) if self.start < self.end else None
