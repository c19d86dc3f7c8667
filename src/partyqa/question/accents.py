"""Accents put back into a question typed without any, as the articles spell their syllables.

"dang bo huyen muong ang co bao nhieu dang vien" -> "đảng bộ huyện mường ảng có bao nhiêu đảng viên"
"""

from collections.abc import Callable, Mapping, Sequence, Set

from partyqa.text.tokens import spell

_PAIR = 2.0  # standing side by side somewhere in the articles, ...
_ASKING = 5.0  # ... or in what questions ask with, more than a pair on each side of it, against ...
_RARE = 0.1  # ... each unit of rareness (natural logarithm) of a syllable


def restore(
    words: Sequence[str],
    keys: Mapping[str, Set[str]],
    pairs: Set[str],
    idf: Callable[[str], float],
    asking: Set[str] = frozenset(),
) -> list[str]:
    """Return lower-case accent-free `words` with accents; a word that no article holds stays as it is.

    `keys` are the syllable keys (text.syllable_key) of each accent-free syllable, `pairs` those that stand
    side by side ("đang3_viên"), `asking` those of question words ("bao_nhiêu"), `idf` the rareness of a key. The
    best whole path is taken (Viterbi).
    """

    def together(before: str, key: str) -> float:
        pair = f"{before}_{key}"
        return _ASKING if pair in asking else _PAIR * (pair in pairs)

    paths: dict[str, tuple[float, list[str]]] = {"": (0.0, [])}
    for word in words:
        longer: dict[str, tuple[float, list[str]]] = {}
        for key in sorted(keys.get(word, {word})):
            cost = _RARE * idf(key)
            score, path = max(
                (score + together(before, key) - cost, path) for before, (score, path) in paths.items()
            )
            longer[key] = (score, [*path, key])
        paths = longer
    best = max(paths.values())[1] if words else []
    return [spell(key) if word in keys else word for key, word in zip(best, words, strict=True)]
