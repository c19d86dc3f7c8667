"""Vietnamese of before Unicode: which encoding a document is in, and its letters."""

import json
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.corpus.readers import read_file
from partyqa.corpus.readers.encoding import converted
from partyqa.corpus.readers.fields import article
from partyqa.errors import CorpusError

TCVN3 = dict(zip("ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
                 bytes.fromhex("a1a2a3a4a5a6a7a8a9aaabacadaeb5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6"
                               "d7d8dcdddedfe1e2e3e4e5e6e7e8e9eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe").decode("latin-1"),
                 strict=True))  # fmt: skip
VNI_MARKS = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
VNI_ON_CIRCUMFLEX = {"": "â", "\u0300": "à", "\u0301": "á", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
VNI_ON_BREVE = {"": "ê", "\u0300": "è", "\u0301": "é", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
VNI_WHOLE = dict(zip("đĐìỉĩíịÌỈĨÍỊỵỴ", "ñÑìæóíòÌÆÓÍÒîÎ", strict=True))

CHARTS: dict[str, tuple[str, bytes]] = {
    "VISCII": (
        "đĐơƠưƯăĂạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỷỹỵẠẢẤẦẬẾỆỘỢ",
        bytes.fromhex(
            "f0d0bdb4dfbfe5c5d5e4a4a5a6e7a7a1a2c6c7a3a9eba8aaabacadaeefeeb8f7"
            "f6afb0b1b2b5beb6b7defef8fcfbd1d7d8e6f1cfd6dbdc80c48485878a8e9394"
        ),
    ),
    "VPS": (
        "đĐơƠưƯăĂạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳýỷỹỵ",
        bytes.fromhex(
            "c7f1d6f7dcd0e688e5e4c3c0c4c5c6a1a2a3a4a5cbc8eb898a8bcd"
            "8cccefce86d5d3d2b087b6a7a9aaabaef8fbdbd9d8babbbfff9a9bcf9c"
        ),
    ),
}

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


def in_bytes(codec: str) -> Callable[[str], str]:
    """Encode by the standard's chart, a letter a byte."""
    chart = dict(zip(CHARTS[codec][0], CHARTS[codec][1], strict=True))
    return lambda text: "".join(chr(chart.get(char, ord(char))) for char in text)


ENCODED: dict[str, Callable[[str], str]] = {
    "TCVN3": lambda text: text.translate(str.maketrans(TCVN3)),
    "VNI": in_vni,
    "Windows-1258": in_windows_1258,
    "VISCII": in_bytes("VISCII"),
    "VPS": in_bytes("VPS"),
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_document_is_converted_and_its_encoding_said(encoding: str) -> None:
    assert converted([ENCODED[encoding](line) for line in LINES], "a.doc") == (list(LINES), encoding)


OTHERS = [
    "Le général de Gaulle, né à Lille, fut élu président; l'été, les étudiants occupèrent déjà le théâtre.",
    "Größe und Höhe, schön und groß; für ältere Menschen wären Änderungen möglich.",
    "Václav Havel, bývalý český prezident, přijel do Hanoje.",
    "El señor Núñez llegó a España; él y sí, más así, qué más está aquí.",
    "Sverige är ett land på den skandinaviska halvön; små barn får gå i förskola.",
    "§ 5, 12 m² × 3 = 36 m², 20 °C ± 1, «Đảng»",
]


@pytest.mark.parametrize(
    "lines", [[other] for other in OTHERS] + [[*LINES, *OTHERS], [*map(str.upper, LINES)]]
)
def test_unicode_stays_as_it_is(lines: list[str]) -> None:
    assert converted(lines, "a.doc") == (lines, "")
    apart = [unicodedata.normalize("NFD", line) for line in lines]
    assert converted(apart, "a.doc") == (apart, "")


SYLLABLES = st.sampled_from([
    *" ".join(LINES).replace(",", "").replace(".", "").split(),
    "Nguyễn", "Phước", "quyết", "khuỷu", "nghĩa", "bưởi", "cẩn", "lẵng", "chẳng", "hẹn", "kỹ", "mỗi", "đẹp", "ngoằn",
    "ngỡ", "ẩm", "thuỷ", "lẽ", "ghế", "sẻ", "rõ", "gỗ", "bỏ", "mực", "vẫn", "rẻ", "hè", "kỳ",
])  # fmt: skip


@given(words=st.lists(SYLLABLES, min_size=1, max_size=60), encoding=st.sampled_from(sorted(ENCODED)))
def test_no_letter_is_lost_on_the_way_there_and_back(words: list[str], encoding: str) -> None:
    text = " ".join(words)
    raw = [ENCODED[encoding](line) for line in (*LINES, text)]
    assert converted(raw, "a.doc") == ([*LINES, text], encoding)


MIXED = [
    "Máy móc thiết bị, phụ tùng",
    "Các chương trình trọng điểm về đất",
    "Le général de Gaulle, né à Lille, résistant",
    "Số: 12, ngày 13 tháng 3 năm 2001",
]


def test_a_line_of_unicode_or_of_another_language_amid_an_old_encoding_stays() -> None:
    in_tcvn3 = ENCODED["TCVN3"]
    half = [
        in_tcvn3("Máy móc thiết ") + "bị, phụ " + in_tcvn3("tùng"),
        in_tcvn3("Các chương trình trọng điểm") + " về đất",
    ]
    raw = [*map(in_tcvn3, LINES), *half, MIXED[2], in_tcvn3(MIXED[3]), LINES[0]]
    assert converted(raw, "a.doc") == ([*LINES, *MIXED, LINES[0]], "TCVN3")


def test_small_letters_that_tcvn3_shows_amid_capitals_become_capitals() -> None:
    in_tcvn3 = ENCODED["TCVN3"]
    raw = [
        *map(in_tcvn3, LINES),
        in_tcvn3("CộNG HOà Xã HộI CHủ NGHĩA VIệT NAM"),
        in_tcvn3("Bộ trưởng Bộ TàI CHíNH"),
    ]
    assert converted(raw, "a.doc")[0][2:] == ["CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Bộ trưởng Bộ TÀI CHÍNH"]


def test_tcvn3_without_a_single_u_with_horn_is_refused() -> None:
    lines = [ENCODED["TCVN3"](line) for line in (*LINES, "Các trường, các phường được hưởng trước các nước.")]
    with pytest.raises(CorpusError) as caught:
        converted([line.replace("\u00ad", "") for line in lines], "a.doc")
    assert "a.doc" in caught.value.vi and "“ư”" in caught.value.vi


def test_a_row_of_json_lines_is_a_document() -> None:
    rows = [{"id": "a", "title": LINES[0], "paragraphs": list(LINES)}, {"id": "b", "text": LINES[1]}]
    old = {"id": "c", "title": ENCODED["VNI"](LINES[0]), "paragraphs": list(map(ENCODED["VNI"], LINES))}
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in (*rows, old)).encode()
    found = read_file(data, Path("a.jsonl")).articles
    assert [(it.title, it.text, it.encoding) for it in found[::2]] == [
        (LINES[0], "\n".join(LINES), encoding) for encoding in ("", "VNI")
    ]


def test_what_comes_unconverted_from_a_reader_is_refused_by_name() -> None:
    for encoding in ENCODED:
        with pytest.raises(CorpusError) as caught:
            article("a", list(map(ENCODED[encoding], LINES)), "a.doc")
        assert encoding in caught.value.vi


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


def test_long_runs_take_no_longer_than_their_length() -> None:
    for run in ("A" * 200_000 + "a", "\x01" * 200_000, "é" * 200_000, "aø" * 100_000, "(" * 200_000):
        started = time.process_time()
        converted([*map(ENCODED["TCVN3"], LINES), run], "a.doc")
        assert time.process_time() - started < 2
