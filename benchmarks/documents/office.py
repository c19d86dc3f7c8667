"""Office files: words of the body, by a reading of its own for each type, that are neither stored nor listed."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import xlrd
from lxml import etree

from partyqa.corpus.readers import read_file
from partyqa.corpus.readers.encoding import converted
from partyqa.errors import CorpusError
from partyqa.text.normalise import normalise

WORD = re.compile(r"\w+")
GROUP = re.compile(rb"\{\\(?:\*|fonttbl|colortbl|stylesheet|info|pict|listtable|object)")
CONTROL = re.compile(rb"\\u(-?\d+) ?(?:\\'..|.)|\\'([0-9a-f]{2})|\\([a-z]+)(-?\d+)? ?|\\([^a-z])|[{}\r\n]")
ENDS = (b"par", b"tab", b"cell", b"row", b"line", b"page", b"sect")


def measure(data: Path) -> Iterator[tuple[str, str]]:
    """Yield how many words each type of file loses, and of how many."""
    files = sorted([*(data / "documents").iterdir(), *(data / "documents" / "legacy" / "files").iterdir()])
    for suffix, read in READINGS.items():
        lost: list[str] = []
        words, refused = 0, 0
        names = [file for file in files if file.suffix == suffix]
        for file in names:
            try:
                found = read_file(file.read_bytes(), file)
            except CorpusError:
                refused += 1
                continue
            parts = [part for it in found.articles for part in (it.title, it.text)]
            kept = bare(" ".join([*parts, *(it.text for it in found.dropped)]))
            lines = [line for line in normalise(read(file)).split("\n") if WORD.search(line)]
            words += sum(len(WORD.findall(line)) for line in lines)
            lost += (line for line in lines if bare(line) not in kept)
        count = sum(len(WORD.findall(line)) for line in lost)
        yield (
            f"{suffix}: words of lines neither stored nor listed; {len(names)} files, {refused} refused",
            f"{count} of {words} {[line.strip()[:40] for line in lost[:5]] or ''}",
        )


def bare(text: str) -> str:
    """Return the letters and figures alone: a row of a table sets its cells apart by signs of its own."""
    return "".join(WORD.findall(text))


def in_unicode(lines: list[str], file: Path) -> str:
    """Return the lines in Unicode, as the reader under test converts them."""
    return "\n".join(converted(lines, str(file))[0])


def docx_words(file: Path) -> str:
    """All w:t of body, notes, heads and feet, but for what a fallback repeats."""
    lines: list[str] = []
    with zipfile.ZipFile(file) as package:
        for name in package.namelist():
            if re.fullmatch(r"word/(document|footnotes|endnotes|header\d*|footer\d*)\.xml", name):
                root = etree.fromstring(package.read(name))
                for fallback in list(root.iter("{*}Fallback")):
                    fallback.getparent().remove(fallback)
                for it in list(root.iter("{*}br", "{*}cr", "{*}tab", "{*}p")):
                    it.text = "\n"
                lines += "".join(root.itertext("{*}t", "{*}br", "{*}cr", "{*}tab", "{*}p")).split("\n")
    return in_unicode(lines, file)


def doc_words(file: Path) -> str:
    """What antiword shows; nothing where it is not installed."""
    if shutil.which("antiword") is None:
        return ""
    command = ["antiword", "-m", "UTF-8.txt", "-w", "0", str(file)]
    done = subprocess.run(command, capture_output=True, check=False)
    return in_unicode(done.stdout.decode("utf-8", "replace").replace("|", "\n").split("\n"), file)


def xls_words(file: Path) -> str:
    """All cells of text."""
    book = xlrd.open_workbook(file, logfile=io.StringIO())
    cells = (it for sheet in book.sheets() for row in sheet.get_rows() for it in row)
    return in_unicode([it.value for it in cells if it.ctype == xlrd.XL_CELL_TEXT], file)


def rtf_words(file: Path) -> str:
    """The letters outside the groups that hold none."""
    data = file.read_bytes()
    while match := GROUP.search(data):
        depth, at = 0, match.start()
        while True:
            step = re.compile(rb"[{}]|\\[{}\\]").search(data, at)
            if step is None:
                break
            depth += {b"{": 1, b"}": -1}.get(step.group(), 0)
            at = step.end()
            if depth == 0:
                break
        data = data[: match.start()] + data[at:]

    def letter(match: re.Match[bytes]) -> bytes:
        code, byte, word, _, sign = match.groups()
        if code is not None:
            return chr(int(code) % 65536).encode("cp1252", "replace")
        if byte is not None:
            return bytes.fromhex(byte.decode())
        return b"\n" if word in ENDS else sign or b""

    return in_unicode(CONTROL.sub(letter, data).decode("cp1252", "replace").split("\n"), file)


READINGS: dict[str, Callable[[Path], str]] = {
    ".docx": docx_words,
    ".doc": doc_words,
    ".rtf": rtf_words,
    ".xls": xls_words,
}
