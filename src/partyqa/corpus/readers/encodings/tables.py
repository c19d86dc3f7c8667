"""The encodings before Unicode, each as what turns its characters into letters.

A file's bytes come here as characters, read as Latin-1 or Windows-1252, or as what another program made of them:
`TABLES` take Latin-1, which `as_latin` makes. TCVN3 is TCVN 5712:1993 VN3, VISCII is RFC 1456; VPS and VNI are as
vietunicode.sourceforge.net charts them.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ\x02",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵư",
)
_UPPER_HALF = "".join(map(chr, range(0x80, 0x100)))
_VISCII = str.maketrans(
    "\x02\x05\x06\x14\x19\x1e" + _UPPER_HALF,
    "ẲẴẪỶỸỴ"
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
)
_VPS = str.maketrans(
    "\x02\x03\x04\x05\x06\x10\x11\x12\x13\x14\x15\x19\x1c\x1d" + _UPPER_HALF,
    "ẠẬẶẸỆỊỌỘỢỤỰỴẪỮ"
    "ÀẢÃẤẦẨọỗĂếềểệẮẰẲẾ\x91\x92ỀỂỄỐỒỔỖýỷỵỚỜỞ\xa0ắằẳẵặỠớÙờởỡŨỨợỪổỬỲỸÍÌộỈĨÓửữÒỎÕự"
    "ầÁÂấẩẫậđẻÉÊẹỉễịỹƯỦồốÔỏơÈừứÚũưÝẺßàáâãảạăçèéêẽìíîĩẴĐòóôõöƠụùúủüỶẼỳ",
)
_WINDOWS_1258 = str.maketrans(_UPPER_HALF, bytes(range(0x80, 0x100)).decode("cp1258", "replace"))
# VNI writes a vowel and behind it what stands on it; these are Unicode's marks of it.
_VNI_LETTERS = str.maketrans("ñÑôÔöÖæÆóÓòÒîÎ", "đĐơƠưƯỉỈĩĨịỊỵỴ")
_VNI_MARKS: Mapping[str, str] = {
    "ø": "\u0300",
    "ù": "\u0301",
    "û": "\u0309",
    "õ": "\u0303",
    "ï": "\u0323",
    "â": "\u0302",
    "à": "\u0302\u0300",
    "á": "\u0302\u0301",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306",
    "è": "\u0306\u0300",
    "é": "\u0306\u0301",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}
_VNI = re.compile("[aeo][âàáåãä]|a[êèéúüë]|[aeiouyôö][øùûõï]|[ñôöæóòî]", re.IGNORECASE)

# What a PDF's text layer or a symbol font has in the place of a byte.
_REPLACED = str.maketrans(
    {"\u2212": "\u00ad", "\ufffe": "\u00ad", "\u2219": "·", "\u03bc": "µ"}
    | {chr(0xF000 + code): chr(code) for code in range(0x20, 0x100)}
)
_WINDOWS_1252 = str.maketrans(
    {
        bytes([code]).decode("cp1252"): chr(code)
        for code in {*range(0x80, 0xA0)} - {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    }
)


# TCVN3 has no accented capitals: small ones stand for them amid capitals.
_LETTERS, _SMALL, _CAPITAL = re.compile(r"[^\W\d_]+"), re.compile("[a-z]"), re.compile("[A-Z]")
_CAPITALS_OF_WORD, _CAPITALS_OF_LINE = 2, 4


def _tcvn3(text: str) -> str:
    found = text.translate(_REPLACED).translate(_TCVN3)
    if _is_in_capitals(found, _CAPITALS_OF_LINE):
        return found.upper()
    return _LETTERS.sub(_in_capitals, found)


def _in_capitals(word: re.Match[str]) -> str:
    return word.group().upper() if _is_in_capitals(word.group(), _CAPITALS_OF_WORD) else word.group()


def _is_in_capitals(text: str, least: int) -> bool:
    return _SMALL.search(text) is None and len(_CAPITAL.findall(text)) >= least


def _vni(text: str) -> str:
    return _VNI.sub(_vni_letter, unicodedata.normalize("NFC", text.translate(_REPLACED)))


def _vni_letter(found: re.Match[str]) -> str:
    letter, mark = found.group()[0].translate(_VNI_LETTERS), found.group()[1:].lower()
    return unicodedata.normalize("NFC", letter + _VNI_MARKS.get(mark, ""))


def _by_byte(letters: Mapping[int, int]) -> Callable[[str], str]:
    def convert(text: str) -> str:
        return unicodedata.normalize(
            "NFC", text.translate(_REPLACED).translate(_WINDOWS_1252).translate(letters)
        )

    return convert


TABLES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "TCVN3": _tcvn3,
        "VNI": _vni,
        "VISCII": _by_byte(_VISCII),
        "VPS": _by_byte(_VPS),
        "Windows-1258": _by_byte(_WINDOWS_1258),
    }
)
"""What makes Unicode, in NFC, of text in each encoding; what its table does not know stays as it is."""
