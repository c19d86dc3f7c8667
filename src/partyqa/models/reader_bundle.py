"""The folder of a reader: what its `reader.json` says, and that every file is the one it was written with."""

from dataclasses import dataclass
from pathlib import Path

from partyqa.errors import PartyQAError, ReaderError
from partyqa.models.bundle import TOKENIZER, Kind, read_folder
from partyqa.models.bundle import unreadable as unreadable_of

FORMAT = 1
MANIFEST = "reader.json"
GRAPH = "reader.onnx"
SHIPPED = Path(__file__).parent / "weights" / "reader"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a reader's folder holds; lengths are in tokens, `bos`, `eos` and `pad` are ids of the tokenizer."""

    sha256: str
    pieces: int
    max_tokens: int
    max_question: int
    bos: int
    eos: int
    pad: int


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a folder whose files are whole.

    Raises ReaderError where one is missing or damaged, or the folder is of another format.
    """
    sha256, content = read_folder(folder, KIND)
    try:
        return Manifest(sha256, **{name: int(content[name]) for name in _NUMBERS})
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, MANIFEST) from error


def unreadable(folder: Path, name: str) -> PartyQAError:
    """Return the ReaderError for a file that is missing, damaged, or not what it should be."""
    return unreadable_of(folder, name, KIND)


def _remedy(folder: Path) -> tuple[str, str]:
    without_vi = "hoặc thêm `--reader none` để hỏi không cần mô hình đọc"
    without_en = "or add `--reader none` to ask without a reader"
    if folder == SHIPPED:
        command = "`pip install --force-reinstall --no-deps partyqa`"
        return f"hãy chạy {command}, {without_vi}", f"run {command}, {without_en}"
    return f"hãy chép lại thư mục này, {without_vi}", f"copy the folder anew, {without_en}"


KIND = Kind(MANIFEST, FORMAT, (GRAPH, TOKENIZER), "mô hình đọc", "reader", ReaderError, _remedy)
_NUMBERS = ("pieces", "max_tokens", "max_question", "bos", "eos", "pad")
