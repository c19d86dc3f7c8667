"""Names of places and of persons that stand in texts, so that a name is replaced by another of its kind."""

import re
from collections.abc import Iterable, Sequence

from partyqa.text.normalise import leading_capitals

_BEFORE = {
    "place": "tỉnh|huyện|thị trấn|thị xã|thành phố|quận|xã|phường|bản|làng|thôn",
    "person": "ông|bà|anh|chị|cô|đồng chí|chủ tịch|bí thư|giám đốc|trưởng ban|bộ trưởng|thủ tướng|đại biểu",
}
_LONGEST = 4  # words
_WORDS = rf"(?=(?: (?:ủy|uỷ))?((?: [^\W\d_]+){{1,{_LONGEST}}}))"  # looked at: the next name may begin in it
_NAMED = {kind: re.compile(rf"\b(?:{words}){_WORDS}", re.IGNORECASE) for kind, words in _BEFORE.items()}


class Names:
    """The names of two words and more of each kind, sorted."""

    def __init__(self, texts: Iterable[str]) -> None:
        found: dict[str, set[str]] = {kind: set() for kind in _NAMED}
        for text in texts:
            for kind, pattern in _NAMED.items():
                names = (leading_capitals(match.group(1)) for match in pattern.finditer(text))
                found[kind].update(name for name in names if " " in name)
        self._known = [frozenset(names) for names in found.values()]
        self._sorted = [sorted(names) for names in found.values()]
        self._all = sorted(frozenset[str]().union(*self._known))

    def like(self, text: str) -> Sequence[str]:
        """Return the names of the first kind that `text` has one of, places before persons, or else all.

        "Ai là bí thư Huyện ủy Mường Tè?" -> the places
        """
        words = re.findall(r"\w+", text)
        runs = {
            " ".join(words[at : at + size]) for size in range(2, _LONGEST + 1) for at in range(len(words))
        }
        for known, names in zip(self._known, self._sorted, strict=True):
            if len(known) > 1 and not known.isdisjoint(runs):
                return names
        return self._all
