"""Files that were handed in and wait to be accepted: read once, looked at, then moved into the corpus or dropped."""

import re
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from partyqa.errors import CorpusError, NotThereError
from partyqa.index.generations import sync, write_bytes
from partyqa.service.library.folder import CorpusHome, read_json, write_json, writing
from partyqa.service.library.preview import CONTENT, FileSummary, Job
from partyqa.service.library.uploads import UploadLimits, file_name, refuse_size, shown

_STAGED, _ABOUT, _UNREAD = "staged", "about.json", ".new-"
_ID = re.compile(r"[0-9a-f]{16}")  # nothing else: no path gets through
_LEFT = 3600.0  # seconds after which a file that was never read was left by a server that died


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits to be accepted, as it was read; `articles` are the ids it will have, `by` who handed it in.

    `unknown` are the fields that it does not give, `faults` its parts that cannot be read (FileSummary).
    """

    id: str
    name: str
    bytes: int
    articles: tuple[str, ...]
    titles: tuple[str, ...]
    passages: int
    by: str
    when: datetime
    unknown: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was handed in and is not kept, and the sentence that says why."""

    name: str
    error: CorpusError


class Staging:
    """The folder of the files that wait."""

    def __init__(self, home: CorpusHome, limits: UploadLimits) -> None:
        self.home, self.limits = home, limits

    @property
    def folder(self) -> Path:
        """Where they lie; it may not be there yet."""
        return self.home.folder / _STAGED

    def all(self) -> tuple[Staged, ...]:
        """Return what waits, the first handed in first."""
        try:
            names = [place.name for place in self.folder.iterdir() if _ID.fullmatch(place.name)]
        except OSError:
            return ()
        found = [staged for name in names if (staged := self._read(name)) is not None]
        return tuple(sorted(found, key=lambda staged: (staged.when, staged.name, staged.id)))

    def get(self, staged_id: str) -> Staged:
        """Return the file of that id; NotThereError where none waits under it."""
        staged = self._read(staged_id) if _ID.fullmatch(staged_id) else None
        if staged is None:
            raise NotThereError("library.waits_no_longer")
        return staged

    def place(self, staged: Staged) -> Path:
        """Return the folder of a file that waits."""
        return self.folder / staged.id

    def put(self, files: Iterable[tuple[str, bytes]]) -> list[Job | Refused]:
        """Write files where nobody looks yet, for a reader; what may not be handed in is refused, not written.

        The files are taken one by one. Raises CorpusError, StorageError when nothing can be written.
        """
        parent = self.home.place(_STAGED)
        waiting = self.all()
        room = self.limits.waiting_bytes - sum(staged.bytes for staged in waiting)
        names = {staged.name.casefold() for staged in waiting}
        found: list[Job | Refused] = []
        for raw, data in files:
            try:
                name = file_name(raw)
                refuse_size(name, len(data), self.limits)
                self._refuse_more(name, names, room - len(data))
            except CorpusError as error:
                found.append(Refused(shown(raw), error))
                continue
            place = parent / f"{_UNREAD}{secrets.token_hex(8)}"
            with writing(self.home.corpus):
                place.mkdir()
                write_bytes(place / CONTENT, data)
            names.add(name.casefold())
            room -= len(data)
            found.append(Job(place, name))
        return found

    def keep(self, job: Job, reading: FileSummary, by: str) -> Staged:
        """Let a file that was read wait to be accepted."""
        staged = Staged(
            id=job.place.name.removeprefix(_UNREAD),
            name=job.name,
            bytes=(job.place / CONTENT).stat().st_size,
            articles=reading.ids,
            titles=reading.titles,
            passages=reading.passages,
            by=by,
            when=datetime.now(UTC),
            unknown=reading.unknown,
            faults=reading.faults,
        )
        with writing(self.home.corpus):
            _describe(job.place, staged)
            job.place.rename(self.folder / staged.id)
            sync(self.folder)
        return staged

    def reread(self, staged: Staged, reading: FileSummary) -> Staged:
        """Note that a file that waits was read anew, with other fields."""
        fresh = replace(
            staged,
            articles=reading.ids,
            titles=reading.titles,
            passages=reading.passages,
            unknown=reading.unknown,
        )
        with writing(self.home.corpus):
            _describe(self.place(staged), fresh)
        return fresh

    def drop_unread(self, jobs: Sequence[Job]) -> None:
        """Remove files that were written and are not kept, and what a server that died left an hour ago."""
        for job in jobs:
            shutil.rmtree(job.place, ignore_errors=True)
        for place in self.folder.glob(f"{_UNREAD}*"):
            try:
                old = datetime.now(UTC).timestamp() - place.stat().st_mtime > _LEFT
            except OSError:
                continue
            if old:
                shutil.rmtree(place, ignore_errors=True)

    def drop(self, staged: Staged) -> None:
        """Remove a file that waits, or what is left of it once its content was moved away."""
        place = self.place(staged)
        gone = place.with_name(f"{_UNREAD}{staged.id}")
        with writing(self.home.corpus):
            place.rename(gone)  # nobody finds a half of it
            shutil.rmtree(gone, ignore_errors=True)

    def _refuse_more(self, name: str, names: set[str], room: int) -> None:
        if name.casefold() in names:
            raise CorpusError("library.name_waits", name=shown(name))
        if len(names) >= self.limits.waiting or room < 0:
            raise CorpusError("library.too_many_wait", count=len(names), name=shown(name))

    def _read(self, staged_id: str) -> Staged | None:
        about = read_json(self.folder / staged_id / _ABOUT)
        try:
            return Staged(
                **about
                | {
                    "articles": tuple(about["articles"]),
                    "titles": tuple(about["titles"]),
                    "unknown": tuple(about.get("unknown", ())),
                    "faults": tuple((vi, en) for vi, en in about.get("faults", ())),
                    "when": datetime.fromisoformat(about["when"]),
                }
            )
        except (LookupError, TypeError, ValueError):
            return None


def _describe(place: Path, staged: Staged) -> None:
    write_json(place / _ABOUT, asdict(staged) | {"when": staged.when.isoformat()})
