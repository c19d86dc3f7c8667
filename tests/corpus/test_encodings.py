"""Vietnamese of before Unicode: which encoding a document is in, and its letters."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from partyqa.corpus.readers import read_file
from partyqa.corpus.readers.encoding import converted
from partyqa.errors import CorpusError

TCVN3 = dict(zip("ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
                 bytes.fromhex("a1a2a3a4a5a6a7a8a9aaabacadaeb5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6"
                               "d7d8dcdddedfe1e2e3e4e5e6e7e8e9eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe").decode("latin-1"),
                 strict=True))  # fmt: skip
VNI_MARKS = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
VNI_ON_CIRCUMFLEX = {"": "â", "\u0300": "à", "\u0301": "á", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
VNI_ON_BREVE = {"": "ê", "\u0300": "è", "\u0301": "é", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
VNI_WHOLE = dict(zip("đĐìỉĩíịÌỈĨÍỊỵỴ", "ñÑìæóíòÌÆÓÍÒîÎ", strict=True))

LINES = (
    "Đảng bộ huyện Nà Pheo có 41 tổ chức cơ sở đảng với 2.764 đảng viên.",
    "Hội nghị bàn về xây dựng nông thôn mới, giữ rừng đầu nguồn và mở lớp học cho người lớn tuổi.",
)


def in_vni(text: str) -> str:
    def letter(char: str) -> str:
        if char in VNI_WHOLE:
            return VNI_WHOLE[char]
        base, *marks = unicodedata.normalize("NFD", char)
        tone = "".join(mark for mark in marks if mark in VNI_MARKS)
        if "\u031b" in marks:
            base = {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}[base]
        on = VNI_ON_CIRCUMFLEX if "\u0302" in marks else VNI_ON_BREVE if "\u0306" in marks else VNI_MARKS
        mark = on.get(tone, "")
        return base + (mark.upper() if base.isupper() else mark)

    return "".join(map(letter, text))


def in_windows_1258(text: str) -> str:
    """Tones stand behind their letter, which keeps what else it has; misread as Windows-1252."""
    parts = (unicodedata.normalize("NFD", char) for char in text)
    letters = (
        unicodedata.normalize("NFC", "".join(c for c in part if c not in VNI_MARKS))
        + "".join(c for c in part if c in VNI_MARKS)
        for part in parts
    )
    return "".join(letters).encode("cp1258").decode("cp1252")


ENCODED: dict[str, Callable[[str], str]] = {
    "TCVN3": lambda text: text.translate(str.maketrans(TCVN3)),
    "VNI": in_vni,
    "Windows-1258": in_windows_1258,
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_document_is_converted_and_its_encoding_said(encoding: str) -> None:
    assert converted([ENCODED[encoding](line) for line in LINES], "a.doc") == (list(LINES), encoding)


def test_unicode_stays_as_it_is() -> None:
    lines = [*LINES, "Le général de Gaulle, né à Lille; Größe und Höhe.", "§ 5, 12 m² × 3, «Đảng»"]
    assert converted(lines, "a.doc") == (lines, "")


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.txt", "{0}\n{1}"),
        ("a.md", "{0}\n\n{1}"),
        ("a.html", "<html><body><p>{0}</p><p>{1}</p></body></html>"),
    ],
)
def test_text_files_are_converted_from_characters_and_from_bytes(encoding: str, name: str, form: str) -> None:
    text = form.format(*map(ENCODED[encoding], LINES))
    for data in (text.encode(), text.encode("latin-1")):
        (article,) = read_file(data, Path(name)).articles
        assert (article.text, article.encoding) == ("\n".join(LINES), encoding)


def test_bytes_that_no_encoding_makes_vietnamese_of_are_refused() -> None:
    for data in (
        b"Une caf\xe9 de Gaulle",
        "Größe und Höhe, schön".encode("latin-1"),
        b"\xff\xfe\xfd\x80\x81",
    ):
        with pytest.raises(CorpusError):
            read_file(data, Path("a.txt"))
