"""Elements that change how a text is read: what is raised, struck out, or may break; captions of pictures."""

from typing import Any

from partyqa.corpus.readers import Dropped
from partyqa.text.normalise import one_line

_CAPTIONS = (
    "//figcaption | //*[contains(translate(@class, 'C', 'c'), 'caption')][not(.//p or .//div or self::table)]"
)
_PLAIN = {"center": "div", "details": "div", "summary": "p", "figure": "div", "article": "article"}
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_MAY_BREAK = "\u200b"


def set_marks(tree: Any) -> list[Dropped]:
    """Write into the tree what its marks mean; return what is struck out.

    "12 m<sup>2</sup>" -> "12 m²"; "10<sup>3</sup>" is no 103
    """
    for caption in tree.xpath(_CAPTIONS):
        if caption.tag != "caption":
            caption.tag = "p"
            caption.attrib.clear()
    for element in list(tree.iter(*_PLAIN)):
        element.tag = _PLAIN[element.tag]
    for figures in list(tree.iter("sup")):
        figures.text = "".join(figures.itertext())
        raised = figures.text.strip().translate(_RAISED)
        if not any(map(str.isalnum, raised.strip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ"))):
            figures.text = raised
        for child in list(figures):
            figures.remove(child)
        figures.drop_tag()
    for element in list(tree.iter("wbr")):
        element.text = _MAY_BREAK + (element.text or "")  # some parsers take what follows into it
        element.drop_tag()
    return list(_struck(tree))


def _struck(tree: Any) -> list[Dropped]:
    dropped: list[Dropped] = []
    for element in list(tree.iter("del", "s", "strike")):
        if text := one_line(element.text_content()):
            dropped.append(Dropped(text, "struck"))
        element.drop_tree()
    return dropped
