"""The folder of a retriever: what its `retriever.json` says, and that every file is the one it was written with."""

from dataclasses import dataclass
from pathlib import Path

from partyqa.errors import EncoderError, PartyQAError
from partyqa.models.bundle import TOKENIZER, Kind, read_folder
from partyqa.models.bundle import unreadable as unreadable_of

FORMAT = 1
MANIFEST = "retriever.json"
GRAPH = "retriever.onnx"
SHIPPED = Path(__file__).parent / "weights" / "retriever"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a retriever's folder holds: `prompts` has `query` and `passage`, `pad` is an id of the tokenizer."""

    sha256: str
    pieces: int
    dimension: int
    max_tokens: int
    pad: int
    prompts: dict[str, str]


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a folder whose files are whole.

    Raises EncoderError where one is missing or damaged, or the folder is of another format.
    """
    sha256, content = read_folder(folder, KIND)
    try:
        prompts = {name: str(content["prompts"][name]) for name in ("query", "passage")}
        return Manifest(sha256, **{name: int(content[name]) for name in _NUMBERS}, prompts=prompts)
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, MANIFEST) from error


def unreadable(folder: Path, name: str) -> PartyQAError:
    """Return the EncoderError for a file that is missing, damaged, or not what it should be."""
    return unreadable_of(folder, name, KIND)


def _remedy(folder: Path) -> tuple[str, str]:
    if folder == SHIPPED:
        command = "`pip install --force-reinstall --no-deps partyqa`"
        return f"hãy chạy {command}", f"run {command}"
    return (
        "hãy chép lại thư mục này, hoặc bỏ --encoder để dùng mô hình đi kèm",
        "copy the folder anew, or leave --encoder out to use the bundled model",
    )


KIND = Kind(MANIFEST, FORMAT, (GRAPH, TOKENIZER), "mô hình nhúng", "embedding model", EncoderError, _remedy)
_NUMBERS = ("pieces", "dimension", "max_tokens", "pad")
