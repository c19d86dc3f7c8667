"""When, where and by whom: what a page gives about its article in lines of their own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from partyqa.corpus.readers.furniture import is_furniture, is_menu
from partyqa.text.lexicon import column, marked, phrases, records, spelt, written
from partyqa.text.numbers import YEAR
from partyqa.types import Article

_SIGNS = {line["sign"]: line["name"] for line in records("newspapers.tsv")}
_NEWSPAPERS = frozenset(line["name"] for line in records("newspapers.tsv") if line["kind"] == "paper")
_AGENCIES = frozenset(line["sign"] for line in records("newspapers.tsv") if line["kind"] == "agency")
_SURNAMES = frozenset(marked("surnames.tsv"))
_NO_FIRST_NAMES = frozenset(marked("capitals.tsv", "line"))
_NO_SITES = frozenset(phrases("furniture.tsv")["no-site"])

_DATE = re.compile(
    rf"(?<![\d/])(?P<day>\d\d?)\s?(?P<by>[/.-])\s?(?P<month>\d\d?)\s?(?P=by)\s?(?P<year>{YEAR})(?![\d/])"
)
_ISO_DATE = re.compile(rf"(?<![\d-])(?P<year>{YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])")
_LONG_DATE = re.compile(
    rf"ngày\s(?P<day>\d\d?)\stháng\s(?P<month>\d\d?)\snăm\s(?P<year>{YEAR})", re.IGNORECASE
)
_CLOCK = re.compile(
    rf"""\d{{1,2}}\s?[:hg]\s?\d{{2}}(?::\d{{2}})?\s?(?:['′]|phút)?(?:\s?[ap]m\b)?
      | \(?\[?(?:gmt|utc)\s?\+?\s?\d*\]?\)?
      | (?:thứ\s(?:{written(marked("numerals.tsv", "linh"))}|[2-7])|chủ\s?nhật)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_PUBLISHED = re.compile(
    r"(?:ngày|thời gian)\s(?:đăng|xuất bản)(?: tin)?|(?:đăng|xuất bản)(?:\s(?:ngày|lúc|vào)|\s*:)",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"(?:ngày |lần )?cập nhật(?: cuối)?(?: lúc| ngày)?", re.IGNORECASE)
_FILLER = re.compile(r"(?:ngày|lúc|vào)(?!\w)", re.IGNORECASE)
_DAYTIME = re.compile(r"(?:sáng|trưa|chiều|tối|đêm)\b", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:(?:bài|tin)(?:\s?(?:,|và|&|-|/)\s?(?:ảnh|clip|video|tin|bài))*|tác giả(?: bài viết)?|thực hiện"
    r"|phóng viên|pv)\s*:\s*(?P<names>.+)",
    re.IGNORECASE,
)
_NEXT_CREDIT = re.compile(r"\s*(?:[;|]|[-–,.]?\s+(?=ảnh\s*:))", re.IGNORECASE)
_OFFICE = re.compile(r"(?P<name>[^-–,(]+?)\s*(?:\s[-–]|,|\()\s*(?P<office>.+)")
_OFFICES = re.compile(
    rf"{written(marked('offices.tsv'))}|{written((*column('units.tsv', 'committee'), 'đảng ủy'))}"
    "|trưởng|phó |chánh|thường trực",
    re.IGNORECASE,
)
_REPORTER = re.compile(r"(?P<name>[^/(]+?)\s*(?:[/(]|(?P<after>\b[Tt]heo\b))\s*(?P<sign>[^/()]+?)\)?")
_STAFF_NAMED = re.compile(r"(?:nhóm )?(?:p\.?v|phóng viên|ctv|cộng tác viên)\.?\s+(?=\S)", re.IGNORECASE)
_STAFF = re.compile(r"(?:nhóm )?(?:p\.?v|ctv|b\.?b\.?t|ban biên tập|t\.?h)\.?", re.IGNORECASE)
_SITE = re.compile(
    r"(?P<kind>trang (?:thông tin|tin) điện tử|cổng thông tin(?: điện tử)?|báo điện tử|báo|tạp chí"
    r"|đài (?:phát thanh|tiếng nói))(?P<name>(?!\w)[^.:?!;\d]{0,60})",
    re.IGNORECASE,
)
_PLACE = re.compile(
    rf"(?:{written(marked('units.tsv', without='loose'))}|tp|{spelt('marking.tsv', 'body')}|ban|ủy ban|uỷ ban|sở)"
    r"(?!\w).{2,60}",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"\(?(?P<word>nguồn(?: tin)?\s*:|theo\s*:?)\s*(?P<source>.{2,60}?)\)?", re.IGNORECASE)
_DATELINE = re.compile(r"(?:\((?P<sign>[^()]{2,25})\)|(?P<bare>[A-ZĐ&]{3,6}))(?: [Oo]nline)?\s*[-–—]\s*\S")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.vn", re.IGNORECASE)


class StampKind(IntEnum):
    """How sure a date line is to be the article's own; the lowest is believed first."""

    PUBLISHED = 0
    COUNTED = 1
    TIMED = 2
    BARE = 3
    UPDATED = 4


@dataclass(frozen=True, slots=True)
class Stamp:
    """The date of a line that gives nothing but a time, and the few words beside it."""

    day: date
    kind: StampKind
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """A line that is not in the text because it describes the article: titles, sources, names, days."""

    line: str
    facts: frozenset[str | date]

    def is_field_of(self, article: Article) -> bool:
        """Return whether a field of `article` holds what the line gives."""
        fields = (article.title, article.source, article.published, article.author)
        return not self.facts.isdisjoint(field for field in fields if field)


def credit(line: str, facts: Iterable[str | date]) -> Credit:
    """Return the credit of a line; none of `facts` that is "" counts."""
    return Credit(line, frozenset(fact for fact in facts if fact))


def stamp(line: str) -> Stamp | None:
    """Return what a line of date, time and counters gives; None for a sentence with a date in it.

    "08:59 - Thứ Tư, 01/03/2017 Lượt xem: 4732 In bài viết" -> 2017-03-01, COUNTED
    """
    match = _LONG_DATE.search(line) or _DATE.search(line) or _ISO_DATE.search(line)
    if match is None or len(line) > 150:
        return None
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    around = f"{line[: match.start()]} | {line[match.end() :]}"
    rest = around
    for pattern in (_PUBLISHED, _UPDATED, _CLOCK, _FILLER):
        rest = pattern.sub(" ", rest)
    parts = [part.strip(" ,.-–:()[]'") for part in re.split(r"[|•]|\s-\s", rest)]
    beside = " ".join(part for part in parts if part and not (is_furniture(part) or is_menu(part)))
    kind = _kind(around, rest)
    if len(beside.split()) > 4 or re.search(r"\d", beside) or _DAYTIME.match(beside):
        return None
    if kind is StampKind.BARE and beside and not (is_name(beside) or site(beside)):
        return None
    return Stamp(day, kind, beside)


def _kind(around: str, rest: str) -> StampKind:
    if _PUBLISHED.search(around):
        return StampKind.PUBLISHED
    if _UPDATED.search(around):
        return StampKind.UPDATED
    if re.search(r"lượt|in bài|xem|\d", rest, re.IGNORECASE):
        return StampKind.COUNTED
    return StampKind.TIMED if _CLOCK.search(around) else StampKind.BARE


def author(line: str) -> str:
    """Return the author that a line of its own credits: "Bài, ảnh: Tuấn Bình" -> "Tuấn Bình"; "" for other lines."""
    match = _CREDIT.fullmatch(line)
    if match is None or len(line) > 120:
        return ""
    first = _NEXT_CREDIT.split(match["names"])[0].strip(" .")
    names = re.split(r"\s*(?:[-–,&]|\bvà\b)\s*", first)
    return ", ".join(map(_in_title_case, names)) if all(map(_is_pen_name, names)) else ""


def signature(line: str) -> str:
    """Return the name of a line that is a name, or a name and its office; "" for other lines."""
    if len(line) > 160:
        return ""
    bare = _STAFF_NAMED.sub("", line.strip(" .*"), count=1)
    reporter = _REPORTER.fullmatch(bare)
    if reporter and (reporter["after"] or _known(reporter["sign"])):
        bare = reporter["name"]
    match = _OFFICE.fullmatch(bare)
    if match and has_office(line):
        bare = match["name"]
    return _in_title_case(bare) if is_name(bare) else ""


def has_office(line: str) -> bool:
    """Return whether a line is a name and its office: "Vũ Mạnh Hà - Phó Bí thư Tỉnh ủy"."""
    match = _OFFICE.fullmatch(line.strip(" .*"))
    return (
        match is not None
        and is_name(match["name"])
        and has_surname(match["name"])
        and _OFFICES.search(match["office"]) is not None
    )


def is_staff(line: str) -> bool:
    """Return whether a line signs for the paper's own people without a name: "PV", "Ban Biên tập"."""
    return _STAFF.fullmatch(line) is not None


def is_name(text: str) -> bool:
    """Return whether `text` is two to five words, each with a capital: the shape of a Vietnamese name."""
    words = text.replace("’", "").replace("'", "").split()
    if not 2 <= len(words) <= 5 or words[0].lower() in _NO_FIRST_NAMES:
        return False
    return all(word.isalpha() and word[0].isupper() for word in words)


def has_surname(name: str) -> bool:
    """Return whether a name opens with a family name of the country's peoples."""
    return name.split()[0].lower() in _SURNAMES


def site(line: str) -> str:
    """Return the newspaper or portal that a line names, BÁO LAI CHÂU as Báo Lai Châu; "" for other lines."""
    match = _SITE.fullmatch(line)
    if match is None or not line[0].isupper():
        return ""
    if line.isupper():
        line = match["kind"].capitalize() + match["name"].title()
    words = match["name"].split()
    if match["kind"].lower() == "báo" and words and words[0].lower() in _NO_SITES:
        return ""
    if match["kind"].lower() in ("báo", "tạp chí") and line not in _NEWSPAPERS:
        # a headline may open with the word too: Báo cáo ..., Báo Lai Châu trao quà ...
        words = [word for word in words if word.lower() not in ("điện", "tử", "online")]
        is_title = 1 <= len(words) <= 4 and all(word[0].isupper() for word in words)
        return line if is_title or (match["kind"].lower() == "tạp chí" and 1 <= len(words) <= 4) else ""
    return line if len(words) <= 9 else ""


def place(line: str) -> str:
    """Return a line that can end the name of a portal, "Huyện Mường Tè"; "" for other lines."""
    return line if len(line.split()) <= 8 and _PLACE.fullmatch(line) else ""


def origin(line: str) -> str:
    """Return the source that a line of its own names: "Nguồn: Ban Tuyên giáo", "Theo TTXVN"; else ""."""
    bare = line.strip(" .")
    if (match := _REPORTER.fullmatch(bare)) and signature(line):
        return _known(match["sign"])
    match = _ORIGIN.fullmatch(bare)
    if match is None:
        return ""
    named = match["source"]
    says_source = match["word"].lower().startswith("nguồn") and named[0].isupper()
    return _known(named) or (named if says_source or site(named) else "")


def dateline(lines: Sequence[str], *, own: bool = False) -> str:
    """Return the newspaper whose sign opens one of the lines, "ĐBP - Đảng bộ ..."; no agency when `own`."""
    signs = (match["sign"] or match["bare"] for line in lines if (match := _DATELINE.match(line)))
    return next((name for sign in signs if not (own and sign in _AGENCIES) and (name := _known(sign))), "")


def _known(sign: str) -> str:
    return _SIGNS.get(sign) or (sign if _DOMAIN.fullmatch(sign) else "")


def _is_pen_name(name: str) -> bool:
    return is_name(name) or (name.isalpha() and name[0].isupper()) or name.isupper()


def _in_title_case(name: str) -> str:
    return name.title() if name.isupper() and " " in name else name
