"""When, where and by whom: what a page says about its article in lines of its own."""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from partyqa.readers.furniture import is_furniture

# The abbreviation that opens a newspaper's own articles: "ĐBP - ...", "(BLC) - ...".
PAPERS: Mapping[str, str] = MappingProxyType(
    {
        "BCB": "Báo Cao Bằng",
        "BĐB": "Báo Điện Biên",
        "BHB": "Báo Hòa Bình",
        "BHG": "Báo Hà Giang",
        "BLC": "Báo Lai Châu",
        "BLĐ": "Báo Lâm Đồng",
        "BTQ": "Báo Tuyên Quang",
        "BYB": "Báo Yên Bái",
        "ĐBP": "Báo Điện Biên Phủ",
        "HNM": "Báo Hànộimới",
        "LCĐT": "Báo Lào Cai điện tử",
        "QĐND": "Báo Quân đội nhân dân",
        "SGGP": "Báo Sài Gòn Giải Phóng",
        "YBĐT": "Báo Yên Bái điện tử",
    }
)
# Agencies whose reports other newspapers print: they name an article's source, never a page's.
AGENCIES: Mapping[str, str] = MappingProxyType(
    {
        "CPV": "Báo điện tử Đảng Cộng sản Việt Nam",
        "ĐCSVN": "Báo điện tử Đảng Cộng sản Việt Nam",
        "TTXVN": "Thông tấn xã Việt Nam",
        "VNA": "Thông tấn xã Việt Nam",
        "VOV": "Đài Tiếng nói Việt Nam",
    }
)

_DATE = re.compile(r"(?<![\d/])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d)(?![\d/])")
_LONG_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+((?:19|20)\d\d)", re.IGNORECASE)
_CLOCK = re.compile(
    r"""\d{1,2}\s?[:hg]\s?\d{2}(?::\d{2})?\s?(?:['′]|phút)?(?:\s?[ap]m\b)? | \(?\[?(?:gmt|utc)\s?\+?\d*\]?\)?
      | (?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s?nhật|cn)(?!\w)
      | (?:ngày\s(?:đăng|xuất\sbản|phát\shành|cập\snhật)|đăng\s(?:ngày|lúc|vào)|xuất\sbản|cập\snhật(?:\slúc|\slần\scuối)?
          |thời\sgian|ngày|lúc|vào)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)

_NAME = r"[^\W\d_a-zà-ỹđ][^\W\d_]*(?:\s[^\W\d_a-zà-ỹđ][^\W\d_]*){1,4}"
_FULL_NAME = re.compile(_NAME)
_SURNAMES = frozenset(
    """bùi cao chang châu chu cà cầm cứ dương điêu đinh đoàn đào đèo đặng đỗ giàng hà hạng hoàng hầu hồ hảng hờ
    huỳnh khoàng khuất kiều la lâm lê lò lưu lường lù lùng lương lý lầu lỳ ma mai mè mùa mạc ngô nguyễn ngần nông
    phan phàn phùng phạm pờ quàng quách sùng sình sìn tao thào tráng triệu trương trần trịnh tòng tô tạ tẩn vi vàng
    vì võ vũ vương vừ xa đàm""".split()
)
_CREDIT = re.compile(
    r"(?:(?:bài|tin)(?:\s?(?:,|và|&|-|/)\s?(?:ảnh|clip|video|tin|bài))*|tác giả(?: bài viết)?|thực hiện|người viết|phóng viên|pv|ctv)"
    r"\s*:\s*(?P<names>.+)",
    re.IGNORECASE,
)
_NAMES = re.compile(rf"(?P<names>{_NAME}(?:\s?[-–,&]\s?{_NAME})*)")
_OFFICE = re.compile(rf"(?P<name>{_NAME})\s*(?:[-–,]|\()\s*(?P<office>.+?)\)?")
_OFFICES = re.compile(
    r"bí thư|ủy viên|uỷ viên|chủ tịch|trưởng|phó|giám đốc|đại biểu|chánh|hiệu trưởng|thường trực|ban |phòng |huyện ủy|tỉnh ủy",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"(?:trang (?:thông tin|tin) điện tử|cổng thông tin(?: điện tử)?|báo điện tử|tạp chí|đài (?:phát thanh|pt)|báo)(?!\w).{0,70}",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:huyện|tỉnh|thành phố|tp\.?|thị xã|xã|đảng bộ|ban|ủy ban nhân dân|ubnd|sở)\s.{2,60}", re.IGNORECASE
)
_ORIGIN = re.compile(r"\(?(?:nguồn(?: tin)?|theo)\s*:?\s*(?P<source>.{2,60}?)\)?", re.IGNORECASE)
_DATELINE = re.compile(r"\(?(?P<sign>[A-ZĐ]{3,5})\)?\s*[-–—]\s*\S")


def stamp(line: str) -> tuple[date, str] | None:
    """Return the date of a line that holds a date, a time and counters only, and the few words beside them.

    "08:59 - Thứ Tư, 01/03/2017 Lượt xem: 4732" -> (2017-03-01, ""); a sentence with a date -> None.
    """
    match = _LONG_DATE.search(line) or _DATE.search(line)
    if match is None or len(line) > 150:
        return None
    day, month, year = match.group(1), match.group(match.re.groups - 1), match.group(match.re.groups)
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    rest = _CLOCK.sub(" ", line[: match.start()] + " | " + line[match.end() :])
    words = [part.strip(" ,.-–:()[]'") for part in rest.split("|") if not is_furniture(part)]
    left = " ".join(part for part in words if part)
    return (found, left) if len(left.split()) <= 4 else None


def author(line: str) -> str:
    """Return who a line of its own credits: "Bài, ảnh: Tuấn Bình" -> "Tuấn Bình"; "" for other lines."""
    match = _CREDIT.fullmatch(line)
    if match is None or len(line) > 120:
        return ""
    names = re.split(r"\s*(?:[;|]|[-–,]\s*(?=[Ảả]nh))\s*", match["names"])[0].strip(" .")
    return _titled(names)


def signature(line: str) -> str:
    """Return the name of a line that is only a name, or a name and its office; "" for other lines."""
    if len(line) > 160:
        return ""
    bare = line.strip(" .*")
    if (match := _NAMES.fullmatch(bare)) and len(bare) <= 60:
        return _titled(match["names"])
    match = _OFFICE.fullmatch(bare)
    if match and _OFFICES.search(match["office"]) and is_surname(match["name"]):
        return _titled(match["name"])
    return ""


def is_surname(name: str) -> bool:
    """Tell whether a name opens with a family name of the country's peoples."""
    return name.split()[0].lower() in _SURNAMES


def has_office(line: str) -> bool:
    """Tell whether a signature says the signer's office too."""
    match = _OFFICE.fullmatch(line.strip(" .*"))
    return match is not None and _OFFICES.search(match["office"]) is not None


def site(line: str) -> bool:
    """Tell whether a line is the name of a newspaper or a portal."""
    return len(line) <= 90 and _SITE.fullmatch(line) is not None and not line.endswith((".", ":", "?"))


def place(line: str) -> bool:
    """Tell whether a line can end the name of a portal: "Huyện Mường Tè"."""
    return _PLACE.fullmatch(line) is not None


def origin(line: str) -> str:
    """Return the source named by a line of its own: "Nguồn: Báo Lai Châu" -> "Báo Lai Châu"."""
    match = _ORIGIN.fullmatch(line.strip(" ."))
    if match is None:
        return ""
    named = match["source"]
    return PAPERS.get(named) or AGENCIES.get(named) or (named if named[0].isupper() else "")


def dateline(line: str, *, agencies: bool = True) -> str:
    """Return the newspaper whose abbreviation opens a paragraph: "ĐBP - Đảng bộ ..." -> Báo Điện Biên Phủ."""
    match = _DATELINE.match(line)
    if match is None:
        return ""
    return PAPERS.get(match["sign"]) or (AGENCIES.get(match["sign"], "") if agencies else "")


def _titled(names: str) -> str:
    """VŨ MẠNH HÀ -> Vũ Mạnh Hà; other spellings stay."""
    return names.title() if names.isupper() else names
