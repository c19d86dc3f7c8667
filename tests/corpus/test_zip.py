"""Zips of files: many articles in one file, what of them cannot be read, and what would fill the memory."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from partyqa.corpus.loading import load_corpus
from partyqa.corpus.readers import has_many, read_file
from partyqa.corpus.readers.formats import zip as archive
from partyqa.errors import CorpusError

TEXT = "Chi bộ bản Púng có 21 đảng viên, trong đó 9 là nữ."
ROW = '{"id": "7", "text": "Xã có 12 chi bộ."}'


def packed(files: dict[str, str | bytes], *, level: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", level) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


FILES: dict[str, str | bytes] = {
    "xã/Mường Và.txt": TEXT,
    "bài.jsonl": ROW,
    "ảnh.png": b"\x89PNG",
    "hỏng.docx": b"PK\x03\x04",
    "trong.zip": packed({"a.txt": TEXT}),
    "../../ngoài.txt": TEXT,
    "__MACOSX/a.txt": TEXT,
    "README.md": TEXT,
}


def test_each_file_is_an_article_below_the_zip() -> None:
    found = read_file(packed(FILES), Path("huyện/kho.zip"))
    assert [(it.id, it.text) for it in found.articles] == [
        ("kho/xã/Mường Và", TEXT), ("kho/bài/7", "Xã có 12 chi bộ."), ("kho/ngoài", TEXT),
    ]  # fmt: skip
    assert [(it.text, it.why) for it in found.dropped] == [("ảnh.png", "type")]
    assert ["hỏng.docx" in found.faults[0].vi, "trong.zip" in found.faults[1].vi, len(found.faults)] == [
        True,
        True,
        2,
    ]
    assert archive.ids(packed(FILES)) == {"xã/Mường Và", "bài/7", "ngoài", "hỏng"}
    assert has_many(Path("kho.zip"))


def test_ids_follow_the_place_of_the_zip_and_its_faults_are_told(tmp_path: Path) -> None:
    (tmp_path / "huyện").mkdir()
    (tmp_path / "huyện" / "kho.zip").write_bytes(packed(FILES))
    found = load_corpus(tmp_path)
    assert [it.id for it in found.articles] == ["huyện/kho/bài/7", "huyện/kho/ngoài", "huyện/kho/xã/Mường Và"]
    assert [str(tmp_path / "huyện" / "kho.zip" / "hỏng.docx") in found.faults[0].vi, len(found.faults)] == [
        True,
        2,
    ]


def test_two_files_of_one_name_are_told() -> None:
    found = read_file(packed({"a.txt": TEXT, "a.md": "Khác."}), Path("kho.zip"))
    assert [it.id for it in found.articles] == ["kho/a"]
    assert "kho/a" in found.faults[0].vi


@pytest.mark.parametrize("files", [{}, {"ảnh.png": b"\x89PNG"}, {"a.txt": ""}])
def test_a_zip_without_an_article_is_refused(files: dict[str, str | bytes]) -> None:
    with pytest.raises(CorpusError, match=r"kho\.zip"):
        read_file(packed(files), Path("kho.zip"))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name in range(16):
            with made.open(f"{name}.txt", "w") as part:
                for _ in range(20):
                    part.write(bytes(1024**2))
    data = stream.getvalue()
    tracemalloc.start()
    with pytest.raises(CorpusError, match="300 MB"):
        read_file(data, Path("kho.zip"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * 1024**2


def test_a_password_and_damage_are_told() -> None:
    data = bytearray(packed({"a.txt": TEXT}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(CorpusError, match="mật khẩu"):
        read_file(bytes(data), Path("kho.zip"))
    with pytest.raises(CorpusError, match="hỏng"):
        read_file(packed({"a.txt": TEXT})[:40], Path("kho.zip"))
