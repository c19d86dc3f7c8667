"""Back to the generation before: what the index keeps of its past, and moving the pointer there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from partyqa.errors import EncoderError, IndexDamagedError, IndexFormatError, IndexMissingError, NotThereError
from partyqa.index import generations
from partyqa.index.index import Index
from partyqa.index.manifest import EncoderRecord, damaged
from partyqa.models.loading import load_encoder
from partyqa.text.tokens import RULES_VERSION
from partyqa.types import Article


@dataclass(frozen=True, slots=True)
class KeptGeneration:
    """A generation that the folder keeps, as its manifest records; `current` is the one that answers.

    `before` marks the one that `roll_back` would go back to.
    """

    name: str
    created: datetime
    articles: int
    passages: int
    encoder: str
    current: bool
    before: bool


def kept(folder: Path) -> tuple[KeptGeneration, ...]:
    """Return the generations that the folder keeps, newest first; what cannot be read is left out."""
    try:
        current = generations.current(folder)
    except IndexMissingError:
        return ()
    before = _before(folder, current)
    found = []
    for name in reversed(generations.kept(folder)):
        try:
            manifest = generations.read_manifest(folder, name)
        except (IndexDamagedError, IndexFormatError):
            continue
        found.append(
            KeptGeneration(
                name,
                manifest.created,
                manifest.articles,
                manifest.passages,
                manifest.encoder.name,
                current=name == current,
                before=name == before,
            )
        )
    return tuple(found)


def read_before(folder: Path) -> Index:
    """Return the generation before the one that answers, read whole and every byte checked.

    Raises NotThereError where there is none, IndexMissingError, IndexDamagedError, IndexFormatError.
    """
    current = generations.current(folder)
    name = _before(folder, current)
    if name is None:
        raise NotThereError("index.no_generation_before", folder=folder)
    try:
        return _whole(folder, name)
    except IndexDamagedError as error:
        raise IndexDamagedError("index.before_damaged", name=name) from error


def both(folder: Path) -> tuple[tuple[Article, ...], tuple[Article, ...]]:
    """Return the articles that answer now, and those that would after `roll_back`; raises what that raises."""
    return Index.load(folder).articles, read_before(folder).articles


def at_hand(made_with: EncoderRecord) -> bool:
    """Return whether the encoder that made a generation is on this machine, the same to the last weight."""
    try:
        return load_encoder(made_with.name).fingerprint == made_with.fingerprint
    except EncoderError:
        return False


def roll_back(folder: Path, is_at_hand: Callable[[EncoderRecord], bool] = at_hand, wait: float = 5.0) -> str:
    """Let the generation before answer again, once it was read whole; returns its name.

    The generation left stays until the next build prunes it; that build goes forward again, from the articles
    as they are then. `wait` is how many seconds a build is waited for. Raises NotThereError where there is none
    before, IndexBusyError, IndexMissingError, IndexDamagedError, IndexFormatError, EncoderError where its encoder
    is not at hand, StorageError; the present generation then serves on.
    """
    generations.current(folder)  # an index that is not there is reported, and no folder is made for it
    with generations.locked(folder, wait):
        before = read_before(folder)
        if not is_at_hand(before.manifest.encoder):
            raise _other_encoder(before.manifest.encoder.name)
        generations.point(folder, before.generation)
    return before.generation


def _before(folder: Path, current: str) -> str | None:
    """Return the generation published before `current`; what is newer was left by going back from it."""
    older = [name for name in generations.kept(folder) if name < current]
    return older[-1] if older else None


def _whole(folder: Path, name: str) -> Index:
    manifest = generations.read_manifest(folder, name)
    if manifest.text_rules != RULES_VERSION:
        raise IndexFormatError(
            "index.before_other_rules", name=name, written=manifest.text_rules, read=RULES_VERSION
        )
    manifest, files = generations.read_generation(folder, name, manifest.files.keys())
    try:
        return Index(manifest, files)
    except (LookupError, TypeError, ValueError, RuntimeError) as error:
        raise damaged(folder, "index.files_do_not_fit") from error


def _other_encoder(name: str) -> EncoderError:
    return EncoderError("index.before_other_encoder", name=name)
