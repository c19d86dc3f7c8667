"""Adding a reader touches one file: a made-up type of file, its module put beside the others, is read everywhere."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

from partyqa.corpus.readers import readers

READER = """
from pathlib import Path

from partyqa.corpus.readers import Dropped, FileReader, ReadFile
from partyqa.corpus.readers.fields import article, id_of

def read(data, path):
    title, text, note = data[4:].decode("utf-16-le").split("\\n")
    one = article(id_of(Path(path.name)), [text], str(path), title=title)
    return ReadFile((one,), (Dropped(note, "comment"),))

READER = FileReader("Sổ", (".so",), b"\\x93SO\\0", read)
"""
DATA = b"\x93SO\0" + "Chi bộ Na Hỳ\nChi bộ có 21 đảng viên.\nghi chú".encode("utf-16-le")

UPLOAD = """
import sys
from pathlib import Path
from toy_library import load_toy
from partyqa.corpus.loading import load_corpus
from partyqa.errors import CorpusError
from partyqa.service.library.library import Library
corpus = Path(sys.argv[1])
library = Library(corpus, corpus.parent / "index", load=load_toy)
staged = library.stage("mới.so", Path(sys.argv[2]).read_bytes())
seen = library.preview(staged.id)
library.accept([staged.id])
try:
    library.stage("giả.so", b"%PDF-1.7")
except CorpusError as error:
    refused = error.vi
print([seen.article.id, seen.passages[0].text, *[(it.text, it.why) for it in seen.dropped]])
print([file.path for file in library.files()], [article.id for article in load_corpus(corpus).articles])
print(refused)
"""


def beside(folder: Path, name: str, module: str) -> Path:
    """The program's source with one more module in it: links to all but the folders on the way to that."""
    source, target = ROOT / "src" / "partyqa", folder / "src" / "partyqa"
    way = ("corpus", "readers", "formats")
    for depth in range(len(way) + 1):
        linked = target.joinpath(*way[:depth])
        linked.mkdir(parents=True)
        for entry in source.joinpath(*way[:depth]).iterdir():
            if entry.name not in (*way[depth : depth + 1], "__pycache__"):
                (linked / entry.name).symlink_to(entry)
    (target.joinpath(*way) / name).write_text(module)
    return target.parent


def test_a_made_up_reader_serves_the_command_line_and_uploads(tmp_path: Path) -> None:
    source = beside(tmp_path, "made_up.py", READER)
    corpus = tmp_path / "corpus"
    (corpus / "xã").mkdir(parents=True)
    (corpus / "xã" / "na hỳ.so").write_bytes(DATA)
    (corpus / "xã" / "anh.png").write_bytes(b"\x89PNG")

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(source), str(ROOT / "tests")])
        return subprocess.run(
            [sys.executable, *words],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=120,
        )

    program = "from partyqa.cli.main import main; main()"
    done = run("-c", program, "index", corpus, "--index", tmp_path / "index", "--verbose", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert f"{corpus}/xã/na hỳ.so: ghi chú (a hidden note in the file)" in done.stderr
    assert "Left out of the articles: lines: 1, files: 1." in done.stderr
    assert "(1): anh.png" in done.stderr and "1 articles, 1 passages" in done.stderr

    done = run("-c", UPLOAD, corpus, corpus / "xã" / "na hỳ.so")
    assert done.returncode == 0, done.stderr
    seen, files, refused = done.stdout.splitlines()
    assert seen == "['mới', 'Chi bộ có 21 đảng viên.', ('ghi chú', 'comment')]"
    assert files == "['mới.so', 'xã/na hỳ.so'] ['mới', 'xã/na hỳ']"
    assert (
        refused == "Nội dung tệp giả.so không phải Sổ như đuôi tệp; hãy kiểm tra lại tệp hoặc sửa đuôi tệp."
    )


def test_the_readers_name_their_suffixes_once_and_the_readme_names_them_all() -> None:
    assert {".docx", ".htm", ".html", ".jsonl", ".md", ".pdf", ".txt", ".xls", ".zip"} <= readers().keys()
    for suffix, reader in readers().items():
        assert suffix in reader.suffixes and suffix == suffix.lower()
    vietnamese, _, english = (ROOT / "README.md").read_text("utf-8").partition("**Your own articles.**")
    assert [suffix for suffix in readers() if f"`{suffix}`" not in vietnamese] == []
    assert [suffix for suffix in readers() if f"`{suffix}`" not in english] == []
