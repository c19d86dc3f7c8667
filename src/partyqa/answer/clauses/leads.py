"""What leads to a clause: "a) 4.000 đồng" says nothing without "1. Mức đóng của nông dân:"."""

from collections.abc import Iterator

from partyqa.types import Sentence


def leads(sentence: Sentence) -> Iterator[str]:
    """Yield what leads to a clause: the last line of each clause it lies in, "1. Mức đóng của nông dân:"."""
    sections, path = sentence.article.sections, sentence.path
    for depth in range(1, len(path)):
        above = [it for it in sections if it.path == path[:depth] and it.end <= sentence.start]
        if above:
            yield sentence.article.text[above[-1].start : above[-1].end].rpartition("\n")[2]
