"""The encoder made of any sentence-transformers model on this machine."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from partyqa.errors import EncoderError
from partyqa.models.base import Vectors, embed_in_lots, refuse_too_long

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_MODULES = "modules.json"
_LENGTH_UNLESS_SAID = 512
_OTHER_BACKENDS = {"onnx", "openvino"}
_PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"}


class LocalEncoder:
    """A sentence-transformers model with its own prompts; safe to use from several threads.

    sentence-transformers itself refuses modules that are not its own, downloads nothing, and finds the lengths. What it
    would do wrong is refused first: a model with code of its own it would load without that code, another model than
    was trained. Raises EncoderError where there is no such model, later where it cannot be read.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._folder = _folder(name) or _cached(name)
        _refuse_harmful(name, self._folder)
        # Tokenizers of transformers set their truncation at each call, so only one thread may call at a time.
        self._lock = threading.RLock()

    @property
    def name(self) -> str:
        """The name or path that was requested."""
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 over the paths and the bytes of all files that can change a vector (a second for 1.5 GB)."""
        digest = hashlib.sha256(b"float32 2")
        for path in _files(self._folder):
            with path.open("rb") as handle:
                content = hashlib.file_digest(handle, "sha256").hexdigest()
            digest.update(f"{path.relative_to(self._folder).as_posix()}\0{content}\n".encode())
        return digest.hexdigest()

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._model.get_embedding_dimension() or 0

    @property
    def max_tokens(self) -> int:
        """The most tokens the model reads."""
        return self._model.max_seq_length or _LENGTH_UNLESS_SAID

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a passage takes, prompt and special tokens included."""
        with self._lock:
            tokens = self._model.tokenizer(f"{self._passage}{text}", truncation=False, verbose=False)
        return len(tokens["input_ids"])

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return (n, d) float32, rows of unit length; a text of over `max_tokens` raises ValueError."""
        refuse_too_long(texts, [self.count_tokens(text) for text in texts], self.max_tokens)
        return embed_in_lots(lambda lot: self._embed(lot, self._passage), texts, self.dimension, progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) float32, rows of unit length; of a question over `max_tokens` the end is not read."""
        return self._embed(texts, self._model.prompts.get("query") or "")

    @property
    def _passage(self) -> str:
        prompts = self._model.prompts
        return next((text for key in ("passage", "document", "corpus") if (text := prompts.get(key))), "")

    def _embed(self, texts: Sequence[str], prompt: str) -> Vectors:
        with self._lock:
            vectors: Vectors = self._model.encode(
                list(texts), prompt=prompt, normalize_embeddings=True, show_progress_bar=False
            )
        return vectors

    @cached_property
    def _model(self) -> "SentenceTransformer":
        from partyqa.models.local_runtime import load_model

        with self._lock:
            try:
                return load_model(self._folder)
            except Exception as error:  # whatever a foreign folder makes the libraries raise
                raise _broken(self._name, error) from error


def _folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError):  # a name too long for a path, the home of an unknown user
        return None


def _cached(name: str) -> Path:
    """Return the folder of a model in the hub's cache; the hub itself is never contacted."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError):
            continue
    raise EncoderError("models.not_here", name=name)


def _refuse_harmful(name: str, folder: Path) -> None:
    """Raise EncoderError for a folder that is no model, wants code of its own, or has its weights only as pickles."""
    if not (folder / _MODULES).is_file():
        raise EncoderError("models.not_sentence_transformers", name=name, file=_MODULES)
    try:
        modules = json.loads((folder / _MODULES).read_bytes())
        own = any(not module["type"].startswith("sentence_transformers.") for module in modules)
        configs = [*folder.rglob("config.json"), *folder.rglob("tokenizer_config.json")]
        own = own or any("auto_map" in json.loads(path.read_bytes()) for path in configs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(name, error) from error
    if own:
        raise EncoderError("models.own_code", name=name)
    suffixes = {path.suffix for path in _files(folder)}
    if ".safetensors" not in suffixes and suffixes & _PICKLES:
        raise EncoderError("models.only_pickles", name=name)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and not hidden and path.suffix != ".md" and parts[0] not in _OTHER_BACKENDS:
            yield path


def _broken(name: str, error: Exception) -> EncoderError:
    """Return the error for a folder that cannot be read as a model."""
    reason = str(error).strip().partition("\n")[0][:200]
    return EncoderError("models.broken", name=name, reason=reason)
