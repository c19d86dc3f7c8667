"""The clauses of a document as paths: chapter, section, article, clause, point; of a report its parts and items.

Numbers make the tree: a number that does not follow the one before it at its level opens nothing, and nothing opens
within what an amending document quotes. Lines that stand in no clause keep no path: the grounds, the signature.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from partyqa.corpus.readers import Line
from partyqa.corpus.readers.official.signing import opens_signature
from partyqa.corpus.readers.official.title import TYPE, text_of, title_at
from partyqa.text.lexicon import phrases, written
from partyqa.text.numbers import roman

_LONGEST_TITLE = 160  # characters
_LONGEST_QUOTE = 80  # lines of another document within an amending one
_MOST_SKIPPED = 3  # numbers missing at a level: a line that was lost must not take all that follow with it
_ALPHABET = "abcdđefghijklmnopqrstuvwxyz"

_KINDS = phrases("official.tsv")["clause"]  # from the outside in
_ARTICLE = re.compile(
    r"điều\s+(?P<number>\d{1,3})(?P<letter>[a-zđ]?)\s*(?:[.:]|[-–](?=\s)|$)\s*(?P<title>.*)", re.IGNORECASE
)
_PART = re.compile(
    rf"(?P<word>{written(_KINDS[:3])})\s+(?P<number>(?:thứ\s+)?\w+)\s*(?:[.:]|[-–](?=\s)|(?=\s|$))\s*(?P<title>.*)",
    re.IGNORECASE,
)
_ANNEX = re.compile(r"PHỤ LỤC(?:\s+(?:SỐ\s+)?[IVXL\d]+)?\b")
_ROMAN = re.compile(r"(?P<number>[IVXL]{1,6})\s?[.)/:-]\s*(?P<title>\S.*)")
_NUMBERED = re.compile(r"(?P<number>\d{1,2})\s?[.)/](?:\s+|(?=[^\W\d_]))(?P<title>\S.*)")
_DECIMAL = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})\.?\s+(?P<title>[^\W\d_].*)")
_LETTERED = re.compile(r"(?P<number>[a-zđ])\s?[.)]\s*(?P<title>\S.*)")
_QUOTE_OPENS, _QUOTE_ENDS = re.compile(r"[“\"]"), re.compile(r"[”\"][\s.;,]*$")
_RANKS = {"annex": 0, **dict(zip(_KINDS[:4], range(1, 5), strict=True)), "item": 5, "decimal": 6, "point": 8}


@dataclass(slots=True)
class _Tree:
    """What is open at a line: parts of a path by rank, and the last number at each rank."""

    open: dict[int, str] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)

    def enter(self, rank: int, part: str, number: int) -> None:
        """Open a part and close all that are at its rank or below."""
        self.open = {at: name for at, name in self.open.items() if at < rank} | {rank: part}
        # articles are numbered through the chapters, chapters through the parts
        through = {_RANKS["điều"]} if rank < _RANKS["điều"] and rank else set()
        self.last = {at: n for at, n in self.last.items() if at < rank or at in through} | {rank: number}

    def follows(self, rank: int, number: int) -> bool:
        """Return whether a number may come next at a rank."""
        last = self.last.get(rank, 0)
        return last < number <= last + _MOST_SKIPPED

    def close(self) -> None:
        """Leave every part: what follows is in none."""
        self.open, self.last = {}, {}

    @property
    def path(self) -> tuple[str, ...]:
        """The parts that are open, from the outside in."""
        return tuple(self.open[rank] for rank in sorted(self.open))


def opens_article(text: str) -> bool:
    """Return whether a line is the head of an article ("Điều 3. ...")."""
    return _ARTICLE.match(text) is not None


def with_clauses(lines: Sequence[str | Line], *, parts: bool = False) -> list[str | Line]:
    """Return the lines, each with the path of its clause before its own.

    Articles ("Điều 3.") make clauses where there are two or more; with `parts`, for what is known to be a document,
    also a single one, and without any the parts of a report: "I.", "1.", "a)".
    """
    texts = [text_of(line) for line in lines]
    articles = sum(_ARTICLE.match(text) is not None for text in texts)
    if articles > (0 if parts else 1):
        paths = list(_of_articles(texts))
    elif parts:
        paths = list(_of_parts(texts))
    else:
        return list(lines)
    return [_placed(line, path) for line, path in zip(lines, paths, strict=True)]


def _placed(line: str | Line, path: tuple[str, ...]) -> str | Line:
    if not path:
        return line
    return replace(line, path=(*path, *line.path)) if isinstance(line, Line) else Line(line, path=path)


def _of_articles(texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    tree, quoted, titled = _Tree(), 0, 0
    annexes = _annexes(texts)
    for at in range(len(texts)):
        if at in annexes:
            tree.close()
            tree.enter(_RANKS["annex"], annexes[at], 0)
            quoted = 0
        elif at >= quoted and at >= titled:
            titled = _enter_clause(tree, texts, at)
            quoted = _quoted(texts, at)
        yield tree.path


def _enter_clause(tree: _Tree, texts: Sequence[str], at: int) -> int:
    """Open what a line opens; return where the title ends that goes on below it, else 0."""
    text = texts[at]
    if match := _ARTICLE.match(text):
        number = int(match["number"])
        if tree.follows(_RANKS["điều"], number) or (
            match["letter"] and number == tree.last.get(_RANKS["điều"])
        ):
            title, end = _title(texts, at, match["title"])
            tree.enter(_RANKS["điều"], f"Điều {match['number']}{match['letter']}{title}", number)
            return end
    elif (match := _PART.match(text)) and (number := _part_number(match, texts, at)):
        title, end = _title(texts, at, match["title"], capital=True)
        word = match["word"].capitalize()
        tree.enter(_RANKS[word.lower()], f"{word} {match['number']}{title}", number)
        return end
    elif tree.open and opens_signature(texts, at):
        annex = tree.open.get(_RANKS["annex"])
        tree.close()
        if annex and not any(map(_ARTICLE.match, texts[at:])):
            tree.enter(_RANKS["annex"], annex, 0)
            tree.close()
    elif _RANKS["điều"] in tree.open:
        _enter_item(tree, text, "khoản", "điểm")
    return 0


def _enter_item(tree: _Tree, text: str, item: str, point: str) -> None:
    """Open the numbered item or the lettered point that a line begins."""
    if (match := _NUMBERED.match(text)) and tree.follows(_RANKS["item"], int(match["number"])):
        tree.enter(_RANKS["item"], f"{item} {match['number']}", int(match["number"]))
    elif match := _LETTERED.match(text):
        number = _ALPHABET.index(match["number"]) + 1
        if tree.follows(_RANKS["point"], number):
            tree.enter(_RANKS["point"], f"{point} {match['number']}", number)


def _of_parts(texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    tree = _Tree()
    for at, text in enumerate(texts):
        if _ANNEX.match(text) and text.isupper():
            tree.close()
            tree.enter(_RANKS["annex"], text.capitalize(), 0)
        elif (match := _ROMAN.match(text)) and tree.follows(_RANKS["phần"], _value(match["number"])):
            part = f"Phần {match['number']}{_title(texts, at, match['title'])[0]}"
            tree.enter(_RANKS["phần"], part, _value(match["number"]))
        elif tree.open and opens_signature(texts, at):
            tree.close()
        elif (match := _NUMBERED.match(text)) and _RANKS["phần"] not in tree.open:
            _enter_heading(tree, texts, at, match)
        elif (match := _DECIMAL.match(text)) and _RANKS["item"] in tree.open:
            tree.enter(_RANKS["decimal"], f"mục {match['number']}", 0)
        elif tree.open:
            _enter_titled(tree, texts, at)
        yield tree.path


def _enter_heading(tree: _Tree, texts: Sequence[str], at: int, match: re.Match[str]) -> None:
    """Open a numbered heading of a document without larger parts; a list of items is none."""
    number = int(match["number"])
    title = _title(texts, at, match["title"])[0]
    following = texts[at + 1] if at + 1 < len(texts) else ""
    if title and not _NUMBERED.match(following) and tree.follows(_RANKS["item"], number):
        tree.enter(_RANKS["item"], f"Mục {number}{title}", number)


def _enter_titled(tree: _Tree, texts: Sequence[str], at: int) -> None:
    before = tree.open.get(_RANKS["item"])
    _enter_item(tree, texts[at], "mục", "điểm")
    match, opened = _NUMBERED.match(texts[at]), tree.open.get(_RANKS["item"])
    following = texts[at + 1] if at + 1 < len(texts) else ""
    if match and opened != before and not _NUMBERED.match(following):
        title = _title(texts, at, match["title"])[0]
        tree.open[_RANKS["item"]] = f"{'Mục' if title else 'mục'} {match['number']}{title}"


def _title(texts: Sequence[str], at: int, rest: str, *, capital: bool = False) -> tuple[str, int]:
    """Return ". Title" of a heading whose line ends in `rest`, "" for none, and where a title below its line ends."""
    end = 0
    if not rest and at + 1 < len(texts):
        end = at + 1
        while end < len(texts) and end < at + 4 and _is_title_below(texts, at, end, capital=capital):
            end += 1
        rest = " ".join(texts[at + 1 : end])
    following = texts[end or at + 1] if (end or at + 1) < len(texts) else ""
    bare = rest.rstrip(" .:")
    is_open = bool(bare) and len(rest) <= _LONGEST_TITLE and bool(following)
    if is_open and (
        bare == rest or _NUMBERED.match(following) or (rest.endswith(":") and len(bare.split()) < 12)
    ):
        return f". {bare}", end
    return "", 0


def _is_title_below(texts: Sequence[str], at: int, end: int, *, capital: bool) -> bool:
    line = texts[end]
    if any(pattern.match(line) for pattern in (_ARTICLE, _PART, _NUMBERED, _LETTERED, _ROMAN)):
        return False
    if line.endswith((".", ";", ":", ",")):
        return False
    return line.upper() == line or (end == at + 1 and (capital or len(line.split()) <= 14))


def _part_number(match: re.Match[str], texts: Sequence[str], at: int) -> int:
    """Return the number of a part, a chapter or a section; 0 where the line is a sentence that names one."""
    title, word = match["title"], match["word"]
    is_marked = (
        texts[at][match.start("title") - 1 : match.start("title")] in (".", ":", "-", "–") or not title
    )
    between = texts[at][match.end("number") : match.start("title")]
    if title and not (title.isupper() or (is_marked and word[0].isupper()) or re.search(r"[.:–-]", between)):
        return 0
    if title.endswith((".", ";", ",")) or not word[0].isupper():
        return 0
    return _value(match["number"].split()[-1])


def _value(number: str) -> int:
    """Return what a number says in digits or Roman numerals up to 39; 1 for one in words."""
    if number.isdecimal():
        return int(number)
    if re.fullmatch("[IVXLC]+", number):
        return roman(f"khóa {number}", 5, 5 + len(number))
    return 1


def _quoted(texts: Sequence[str], at: int) -> int:
    """Return where the quotation ends that a line opens and does not end; 0 for none."""
    if not _QUOTE_OPENS.match(texts[at]) or _QUOTE_ENDS.search(texts[at][1:]):
        return 0
    ends = range(at + 1, min(at + _LONGEST_QUOTE, len(texts)))
    return next((i + 1 for i in ends if _QUOTE_ENDS.search(texts[i])), 0)


def _annexes(texts: Sequence[str]) -> dict[int, str]:
    """Return the first lines of what is attached to the document, with its name: where its articles begin anew."""
    found: dict[int, str] = {}
    last = 0
    for at, text in enumerate(texts):
        if _ANNEX.match(text) and text.upper() == text and last:
            found[at] = text
        match = _ARTICLE.match(text)
        if not match:
            continue
        number = int(match["number"])
        if number == 1 and last:
            top = next((i for i in range(at - 1, max(at - 16, 0), -1) if TYPE.match(texts[i])), None)
            if top is not None:
                found[top] = " ".join(texts[top : title_at(texts, top)])
        last = number if number == 1 or last < number <= last + _MOST_SKIPPED else last
    return found
