"""What the files of a sentence-transformers folder say of the model, read without torch or trust."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from partyqa.errors import EncoderError

_MODULES = "modules.json"
_OWN_MODULES = "sentence_transformers."
_LENGTH_UNLESS_SAID = 512
# Their position table begins with the padding's rows, so that it is longer than the text they read.
_PADDED_POSITIONS = {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer"}
_OTHER_BACKENDS = {"onnx", "openvino"}
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle")


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A folder that has passed all checks.

    `prompts` has `query` and `passage`, "" where the model defines none; `dimension` is None where only the
    loaded model can tell; `tokenizer` is the path of its tokenizer.json, which may be absent.
    """

    folder: Path
    prompts: dict[str, str]
    max_tokens: int
    dimension: int | None
    tokenizer: Path


def find_model(name: str) -> LocalModel:
    """Return the model of that folder, or of that name in the hub's cache; raises EncoderError."""
    folder = _folder(name) or _cached(name)
    try:
        return _described(name, folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise broken_model(name, error) from error


def fingerprint(model: LocalModel) -> str:
    """Return a sha256 over the paths and the bytes of all files that can change a vector."""
    digest = hashlib.sha256(b"float32 1")
    for path in _files(model.folder):
        with path.open("rb") as handle:
            content = hashlib.file_digest(handle, "sha256").hexdigest()
        digest.update(f"{path.relative_to(model.folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def broken_model(name: str, error: Exception) -> EncoderError:
    """Return the error for a folder that cannot be read as a model."""
    reason = str(error).strip().partition("\n")[0][:200]
    return EncoderError("models.broken", name=name, reason=reason)


def _folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError):  # a name too long for a path, the home of an unknown user
        return None


def _cached(name: str) -> Path:
    """Return the folder of a model in the hub's cache; the hub itself is never asked."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError):
            continue
    raise EncoderError("models.not_here", name=name)


def _described(name: str, folder: Path) -> LocalModel:
    if not (folder / _MODULES).is_file():
        raise EncoderError("models.not_sentence_transformers", name=name, file=_MODULES)
    modules = _json(folder / _MODULES)
    parts = [folder / module["path"] for module in modules]
    if any(not module["type"].startswith(_OWN_MODULES) for module in modules) or any(map(_wants_code, parts)):
        raise EncoderError("models.own_code", name=name)
    for part in parts:
        _check_weights(name, part)
    if not any((parts[0] / file).is_file() for file in ("tokenizer.json", "tokenizer_config.json")):
        raise FileNotFoundError("tokenizer.json is missing")
    config = _json_or_empty(folder / "config_sentence_transformers.json")
    return LocalModel(
        folder=folder,
        prompts=_prompts(config.get("prompts") or {}),
        max_tokens=_max_tokens(parts[0]),
        dimension=_dimension(parts),
        tokenizer=parts[0] / "tokenizer.json",
    )


def _wants_code(part: Path) -> bool:
    return any("auto_map" in _json_or_empty(part / f"{file}.json") for file in ("config", "tokenizer_config"))


def _check_weights(name: str, part: Path) -> None:
    """Open every weight file of one module: a header and a length that do not fit raise SafetensorError."""
    weights = sorted(part.glob("*.safetensors"))
    if not weights and any(path for pattern in _PICKLES for path in part.glob(pattern)):
        raise EncoderError("models.only_pickles", name=name)
    for path in weights:
        with safe_open(path, framework="numpy"):
            pass
    for index in part.glob("*.safetensors.index.json"):
        for shard in set(_json(index)["weight_map"].values()):
            if not (part / shard).is_file():
                raise FileNotFoundError(f"{shard} is missing")


def _prompts(saved: dict[str, str]) -> dict[str, str]:
    passage = next((saved[key] for key in ("passage", "document", "corpus") if saved.get(key)), "")
    return {"query": saved.get("query") or "", "passage": passage}


def _max_tokens(part: Path) -> int:
    """Return the least of the lengths that the files state; tokenizers without a limit state 10**30."""
    lengths = [_json(path).get("max_seq_length") for path in part.glob("sentence_*_config.json")]
    lengths.append(_json_or_empty(part / "tokenizer_config.json").get("model_max_length"))
    config = _json_or_empty(part / "config.json")
    if positions := config.get("max_position_embeddings"):
        reserved = config.get("pad_token_id", 1) + 1 if config.get("model_type") in _PADDED_POSITIONS else 0
        lengths.append(positions - reserved)
    said = [int(length) for length in lengths if length and 0 < length < 10**9]
    return min(said, default=_LENGTH_UNLESS_SAID)


def _dimension(parts: list[Path]) -> int | None:
    """Return what the last telling module says: a dense layer its outputs, a pooling width by modes."""
    for part in reversed(parts[1:]):
        config = _json_or_empty(part / "config.json")
        if "out_features" in config:
            return int(config["out_features"])
        if (width := config.get("embedding_dimension") or config.get("word_embedding_dimension")) is not None:
            modes = config.get("pooling_mode")
            old_modes = sum(value is True for key, value in config.items() if key.startswith("pooling_mode_"))
            return int(width) * (len(modes) if isinstance(modes, list) else max(1, old_modes))
    return None


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and not hidden and path.suffix != ".md" and parts[0] not in _OTHER_BACKENDS:
            yield path


def _json(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _json_or_empty(path: Path) -> Any:
    return _json(path) if path.is_file() else {}
