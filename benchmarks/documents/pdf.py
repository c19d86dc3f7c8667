"""PDF files and scans: words glued, lines lost, speed and memory, and the characters that tesseract reads wrongly.

A word is glued where it is no Vietnamese syllable, has a Vietnamese letter, and is two to four syllables on end. A line
of pdfium's own plain extraction is lost where a word of it is neither in the article nor in what was listed.
"""

import io
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from PIL import Image

from partyqa.corpus.readers import ReadFile
from partyqa.corpus.readers.encodings.detection import in_unicode
from partyqa.corpus.readers.formats.pdf import read
from partyqa.errors import CorpusError
from partyqa.text.normalise import fold, normalise
from partyqa.text.syllables import is_syllable

PAGES, SCANNED = 500, 3
_CODES_OF_TCVN3 = str.maketrans("\u2212\u2219", "\xad\xb7")
_LIKE_U = str.maketrans("ƢƣƟɵ", "ƯưƠơ")  # what some fonts of Word give for these
_WORD = re.compile(r"[^\W\d_]+")
_SUBJECTS = (
    "Chi bộ thôn Nà Pán|Đảng ủy xã Mường Ảng|Ban Thường vụ Huyện ủy|Hội Nông dân xã|Đoàn Thanh niên huyện"
)
_ACTS = "đã tổ chức|tiếp tục triển khai|hoàn thành|kiểm tra việc thực hiện|sơ kết ba năm thực hiện|chỉ đạo xây dựng"
_OBJECTS = (
    "kế hoạch bồi dưỡng nghiệp vụ công tác đảng cho bí thư chi bộ|nghị quyết về phát triển kinh tế vùng cao|"
    "quy chế làm việc của cấp ủy khóa mới|chương trình giảm nghèo bền vững ở các thôn, bản đặc biệt khó khăn|"
    "việc học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh"
)
_ENDS = "với {} đảng viên tham dự|đạt {} phần trăm kế hoạch năm|tại {} thôn, bản|trong quý {} năm 2023"


def measure(data: Path) -> Iterator[tuple[str, str]]:
    """Yield the numbers over the real files of `data`/documents, then those of files that are written here."""
    words = glued = lost = lines = 0
    for path in sorted((data / "documents").glob("*.pdf")):
        try:
            found = read(path.read_bytes(), path)
        except CorpusError as error:
            yield f"not read: {path.name}", error.sentence.key
            continue
        tokens = [word for word in _WORD.findall(found.articles[0].text) if fold(word) != word.lower()]
        words += len(tokens)
        glued += sum(map(_is_glued, tokens))
        all_lines, missing = _lost(path, found)
        lines, lost = lines + all_lines, lost + missing
    yield (
        "words glued a thousand (Vietnamese words of the real files)",
        f"{1000 * glued / max(words, 1):.2f} of {words}",
    )
    yield "lines neither stored nor listed", f"{lost} of {lines}"
    yield from _speed()
    yield from _scans()


def _is_glued(word: str) -> bool:
    return not is_syllable(word) and any(_splits(word, parts) for parts in (2, 3, 4))


def _splits(word: str, parts: int) -> bool:
    if parts == 1:
        return len(word) > 1 and is_syllable(word)
    return any(is_syllable(word[:at]) and _splits(word[at:], parts - 1) for at in range(2, len(word) - 1))


def _lost(path: Path, found: ReadFile) -> tuple[int, int]:
    """Return how many lines pdfium's plain extraction has, and of how many a word is nowhere."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        raw = [line for page in document for line in page.get_textpage().get_text_range().splitlines()]
    (one,) = found.articles
    stored = _bare(" ".join([one.title, one.text, *(it.text for it in found.dropped)]))
    plain = [re.sub("[\x02\ufffe]", "\xad", line).translate(_LIKE_U) for line in raw]
    if one.encoding:
        plain = in_unicode([line.translate(_CODES_OF_TCVN3) for line in plain], one.encoding)
    plain = [line.rstrip("\xad") for line in plain]
    shown = [line for line in plain if any(map(str.isalnum, line))]
    lost = [line for line in shown if any(word not in stored for word in map(_bare, line.split()))]
    for line in lost:
        print("LOST", path.name, repr(line), file=sys.stderr)
    return len(shown), len(lost)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, fold(normalise(text))))


def text_of(rng: random.Random, sentences: int) -> str:
    """Return made-up sentences as a report has them."""
    choose = rng.choice
    return " ".join(
        f"{choose(_SUBJECTS.split('|'))} {choose(_ACTS.split('|'))} {choose(_OBJECTS.split('|'))} "
        f"{choose(_ENDS.split('|')).format(rng.randint(2, 980))}."
        for _ in range(sentences)
    )


def written(pages: int, paragraphs: int = 5, sentences: int = 3) -> tuple[bytes, list[str]]:
    """Return a PDF file of made-up pages, and the text of each."""
    import matplotlib
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    registerFont(TTFont("Serif", str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf")))
    rng = random.Random(14)
    file, texts = io.BytesIO(), []
    canvas = Canvas(file, pagesize=(595, 842))
    for _ in range(pages):
        canvas.setFont("Serif", 12)
        top, parts = 760.0, [text_of(rng, sentences) for _ in range(paragraphs)]
        for part in parts:
            for at, line in enumerate(simpleSplit(part, "Serif", 12, 420)):
                canvas.drawString(85 + 24 * (at == 0), top, line)
                top -= 17
        texts.append(" ".join(parts))
        canvas.showPage()
    canvas.save()
    return file.getvalue(), texts


def _speed() -> Iterator[tuple[str, str]]:
    """Yield pages a second and the largest memory of a process of its own that reads a long file."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.documents.pdf", str(PAGES)],
        capture_output=True,
        text=True,
        check=True,
    )
    speed, memory = done.stdout.split()
    yield f"pages a second of processor time, {PAGES} pages of text", speed
    yield "memory of it, MB (with Python and its libraries)", memory


def _scans() -> Iterator[tuple[str, str]]:
    import pypdfium2

    data, texts = written(SCANNED)
    with pypdfium2.PdfDocument(data) as document:
        clean = [page.render(scale=200 / 72, grayscale=True).to_pil() for page in document]
    for name, pictures in (("clean", clean), ("turned 1 degree, with noise", [_worn(it) for it in clean])):
        file = io.BytesIO()
        pictures[0].save(file, "PDF", resolution=200, save_all=True, append_images=pictures[1:])
        began = time.perf_counter()
        try:
            found = read(file.getvalue(), Path("scan.pdf"))
        except CorpusError as error:
            yield f"scans, {name}", error.sentence.key
            continue
        sure = sorted({section.recognised for section in found.articles[0].sections})
        wrong = _wrong(" ".join(texts), found.articles[0].text)
        yield f"scans, {name}: characters wrong, %", f"{100 * wrong:.2f} (confidence {sure})"
        yield f"scans, {name}: seconds a page", f"{(time.perf_counter() - began) / SCANNED:.1f}"


def _worn(picture: Image.Image) -> Image.Image:
    """Return a page as a bad scanner gives it: turned, grainy, with specks."""
    rng = np.random.default_rng(14)
    turned = np.asarray(picture.rotate(1, resample=Image.Resampling.BICUBIC, fillcolor=255)).astype(
        np.float64
    )
    grainy = turned + rng.normal(0, 20, turned.shape)
    specks = rng.random(turned.shape)
    grainy[specks < 0.002] = 0
    grainy[specks > 0.998] = 255
    return Image.fromarray(np.clip(grainy, 0, 255).astype(np.uint8))


def _wrong(truth: str, text: str) -> float:
    """Return the share of characters, white space aside, that are to be changed to come from one to the other."""
    a, b = ("".join(it.split()) for it in (truth, text))
    changes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for kind, i1, i2, j1, j2 in changes if kind != "equal") / len(a)


def _most_memory() -> int:
    """Return the most this process has held, in MB; getrusage would tell the parent's, which has loaded models."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) // 1024


if __name__ == "__main__":
    long, _ = written(int(sys.argv[1]), paragraphs=6)
    began = time.process_time()
    read(long, Path("long.pdf"))
    spent = time.process_time() - began
    print(f"{int(sys.argv[1]) / spent:.0f}", _most_memory())
