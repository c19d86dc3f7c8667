"""When, where and by whom: what a page says about its article in lines of their own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from types import MappingProxyType

from partyqa.readers.furniture import is_furniture, is_menu

# What opens a newspaper's own articles: "ĐBP - ...", "(BLC) - ...".
PAPERS: Mapping[str, str] = MappingProxyType(
    {
        "BBK": "Báo Bắc Kạn",
        "BGĐT": "Báo Bắc Giang",
        "BHG": "Báo Hà Giang",
        "BLC": "Báo Lai Châu",
        "ĐBP": "Báo Điện Biên Phủ",
        "HBĐT": "Báo Hòa Bình",
        "HNM": "Báo Hànộimới",
        "HNMO": "Báo Hànộimới",
        "LCĐT": "Báo Lào Cai",
        "LSO": "Báo Lạng Sơn",
        "NDĐT": "Báo Nhân Dân điện tử",
        "PTĐT": "Báo Phú Thọ",
        "QĐND": "Báo Quân đội nhân dân",
        "QNO": "Báo Quảng Nam",
        "SGGP": "Báo Sài Gòn Giải Phóng",
        "TQĐT": "Báo Tuyên Quang",
        "YBĐT": "Báo Yên Bái",
    }
)
# Agencies, whose reports other newspapers print too: they say where an article is from, never a page.
AGENCIES: Mapping[str, str] = MappingProxyType(
    {
        "CPV": "Báo điện tử Đảng Cộng sản Việt Nam",
        "ĐCSVN": "Báo điện tử Đảng Cộng sản Việt Nam",
        "TTXVN": "Thông tấn xã Việt Nam",
        "VOV": "Đài Tiếng nói Việt Nam",
    }
)
_SURNAMES = frozenset(
    """bùi cao chang châu chu cà cầm cứ dương điêu đinh đoàn đào đèo đặng đỗ giàng hà hạng hoàng hầu hồ hảng
    hờ huỳnh khoàng khuất kiều la lâm lê lò lưu lường lù lùng lương lý lầu lỳ ma mai mè mùa mạc ngô nguyễn
    ngần nông phan phàn phùng phạm pờ quàng quách sùng sình sìn tao thào tráng triệu trương trần trịnh tòng tô
    tạ tẩn vi vàng vì võ vũ vương vừ xa đàm""".split()
)

_DATE = re.compile(r"(?<![\d/])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d)(?![\d/])")
_LONG_DATE = re.compile(r"ngày\s(\d{1,2})\stháng\s(\d{1,2})\snăm\s((?:19|20)\d\d)", re.IGNORECASE)
_CLOCK = re.compile(
    r"""\d{1,2}\s?[:hg]\s?\d{2}(?::\d{2})?\s?(?:['′]|phút)?(?:\s?[ap]m\b)?
      | \(?\[?(?:gmt|utc)\s?\+?\s?\d*\]?\)?
      | (?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s?nhật)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_PUBLISHED = re.compile(
    r"(?:ngày|thời gian)\s(?:đăng|xuất bản)(?: tin)?|(?:đăng|xuất bản)\s(?:ngày|lúc|vào)", re.IGNORECASE
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
    r"bí thư|(?:ủy|uỷ) viên|chủ tịch|trưởng|phó |giám đốc|đại biểu|chánh|thường trực"
    r"|(?:huyện|tỉnh|thành|đảng) (?:ủy|uỷ)",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"(?P<kind>trang (?:thông tin|tin) điện tử|cổng thông tin(?: điện tử)?|báo|tạp chí"
    r"|đài (?:phát thanh|tiếng nói|pt))(?P<name>(?!\w).{0,70})",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:huyện|tỉnh|thành phố|tp|thị xã|xã|đảng bộ|ban|(?:ủy|uỷ) ban|ubnd|sở)(?!\w).{2,60}", re.IGNORECASE
)
_ORIGIN = re.compile(r"\(?(?:nguồn(?: tin)?\s*:|theo\s*:?)\s*(?P<source>.{2,60}?)\)?", re.IGNORECASE)
_DATELINE = re.compile(r"\(?(?P<sign>[A-ZĐ]{3,5})\)?\s*[-–—]\s*\S")


class Kind(IntEnum):
    """How sure a date line is to be the article's own; the lowest is believed first."""

    PUBLISHED = 0
    COUNTED = 1
    TIMED = 2
    BARE = 3
    UPDATED = 4


@dataclass(frozen=True, slots=True)
class Stamp:
    """The date of a line that says nothing but when, and the few words beside it."""

    day: date
    kind: Kind
    beside: str = ""


def stamp(line: str) -> Stamp | None:
    """Return what a line of date, time and counters says; None for a sentence with a date in it.

    "08:59 - Thứ Tư, 01/03/2017 Lượt xem: 4732 In bài viết" -> 2017-03-01, COUNTED
    """
    match = _LONG_DATE.search(line) or _DATE.search(line)
    if match is None or len(line) > 150:
        return None
    numbers = [int(group) for group in match.groups() if group.isdigit()]
    try:
        day = date(*reversed(numbers))
    except ValueError:
        return None
    around = f"{line[: match.start()]} | {line[match.end() :]}"
    rest = around
    for pattern in (_PUBLISHED, _UPDATED, _CLOCK, _FILLER):
        rest = pattern.sub(" ", rest)
    parts = [part.strip(" ,.-–:()[]'") for part in re.split(r"[|•]|\s-\s", rest)]
    beside = " ".join(part for part in parts if part and not (is_furniture(part) or is_menu(part)))
    if len(beside.split()) > 4 or _DAYTIME.match(beside) or beside.endswith(";"):
        return None
    return Stamp(day, _kind(around, rest), beside)


def _kind(around: str, rest: str) -> Kind:
    if _PUBLISHED.search(around):
        return Kind.PUBLISHED
    if _UPDATED.search(around):
        return Kind.UPDATED
    if re.search(r"lượt|in bài|xem|\d", rest, re.IGNORECASE):
        return Kind.COUNTED
    return Kind.TIMED if _CLOCK.search(around) else Kind.BARE


def author(line: str) -> str:
    """Return whom a line of its own credits: "Bài, ảnh: Tuấn Bình" -> "Tuấn Bình"; "" for other lines."""
    match = _CREDIT.fullmatch(line)
    if match is None or len(line) > 120:
        return ""
    first = _NEXT_CREDIT.split(match["names"])[0].strip(" .")
    names = re.split(r"\s*(?:[-–,&]|\bvà\b)\s*", first)
    return ", ".join(map(_in_title_case, names)) if all(map(_is_pen_name, names)) else ""


def signature(line: str) -> str:
    """Return the name of a line that is a name, or a name and its office; "" for other lines."""
    bare = line.strip(" .*")
    if is_name(bare):
        return _in_title_case(bare)
    match = _OFFICE.fullmatch(bare) if len(line) <= 160 else None
    if match and is_name(match["name"]) and has_surname(match["name"]) and _OFFICES.search(match["office"]):
        return _in_title_case(match["name"])
    return ""


def is_name(text: str) -> bool:
    """Tell whether `text` is two to five words, each with a capital: the shape of a Vietnamese name."""
    words = text.replace("’", "").replace("'", "").split()
    return 2 <= len(words) <= 5 and all(word.isalpha() and word[0].isupper() for word in words)


def has_surname(name: str) -> bool:
    """Tell whether a name opens with a family name of the country's peoples."""
    return name.split()[0].lower() in _SURNAMES


def site(line: str) -> str:
    """Return the newspaper or portal that a line names, BÁO LAI CHÂU as Báo Lai Châu; "" for other lines."""
    match = _SITE.fullmatch(line)
    if match is None or not line[0].isupper() or line.endswith((".", ":", "?", "!", ";")):
        return ""
    kind, name = match["kind"], match["name"]
    return kind.capitalize() + name.title() if line.isupper() else line


def place(line: str) -> str:
    """Return a line that can end the name of a portal, "Huyện Mường Tè"; "" for other lines."""
    return line if len(line.split()) <= 8 and _PLACE.fullmatch(line) else ""


def origin(line: str) -> str:
    """Return the source that a line of its own names: "Nguồn: Báo Lai Châu" -> "Báo Lai Châu"; else ""."""
    match = _ORIGIN.fullmatch(line.strip(" ."))
    if match is None:
        return ""
    named = match["source"]
    return PAPERS.get(named) or AGENCIES.get(named) or (named if named[0].isupper() else "")


def dateline(lines: Sequence[str], signs: Mapping[str, str]) -> str:
    """Return the first newspaper of `signs` whose abbreviation opens a line: "ĐBP - Đảng bộ ..."."""
    matches = (match for line in lines if (match := _DATELINE.match(line)))
    return next((signs[match["sign"]] for match in matches if match["sign"] in signs), "")


def _is_pen_name(name: str) -> bool:
    return is_name(name) or (name.isalpha() and name[0].isupper()) or name.isupper()


def _in_title_case(name: str) -> str:
    return name.title() if name.isupper() and " " in name else name
