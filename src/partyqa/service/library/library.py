"""The administration of a corpus: files come in, are looked at, accepted, removed; the index is rebuilt, or put back.

Nothing that is done to the files counts before the next rebuild, and the index that answers serves until that ends.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from partyqa.corpus.readers import Dropped
from partyqa.errors import CorpusError, EncoderError, NotThereError
from partyqa.index import rollback
from partyqa.index.generations import sync
from partyqa.index.manifest import EncoderRecord
from partyqa.index.rollback import KeptGeneration
from partyqa.models.loading import load_encoder
from partyqa.service.library.files import (
    Held,
    Holdings,
    Pending,
    Removed,
    Shelf,
    article_ids,
    held_files,
    taken,
)
from partyqa.service.library.folder import CorpusHome, writing
from partyqa.service.library.mending import Mending, move_sidecar
from partyqa.service.library.preview import CONTENT, FileSummary, Job, Load, read_back, read_files
from partyqa.service.library.rebuild import Rebuilding, RebuildProgress, own_encoder
from partyqa.service.library.staging import Refused, Staged, Staging
from partyqa.service.library.uploads import UploadLimits, shown
from partyqa.text.normalise import fold
from partyqa.types import Article, Passage


@dataclass(frozen=True, slots=True)
class Preview:
    """One article of a file that waits, as it was read, and its passages; it is the `number`th of `of`, from 1.

    `dropped` is what of the whole file no article holds.
    """

    staged: Staged
    article: Article
    passages: tuple[Passage, ...]
    number: int
    of: int
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What going back would change: titles of articles that would no longer answer, that would again, and otherwise."""

    gone: tuple[str, ...]
    back: tuple[str, ...]
    changed: tuple[str, ...]


class Library:
    """The administration of the articles in `corpus` and of the index built from them; threads may share it.

    `encoder` names the model where it is not the index's own; `load` finds a model by its name, in another process
    too, so it is a function of a module.
    """

    def __init__(
        self,
        corpus: Path,
        index: Path,
        encoder: str | None = None,
        *,
        limits: UploadLimits | None = None,
        load: Load = load_encoder,
    ) -> None:
        self.corpus, self.index, self.limits = corpus, index, limits or UploadLimits()
        self._encoder, self._load = encoder, load
        self._home = CorpusHome(corpus)
        self._holdings = Holdings(self._home, index)
        self._staging = Staging(self._home, self.limits)
        self._rebuilding = Rebuilding(self._home, index, encoder, load)
        self.mending = Mending(self._home, self._holdings, self._staging, self._rebuilding, load)

    # files that come in

    def stage(self, name: str, data: bytes, by: str = "") -> Staged:
        """Take a file in to be looked at; raises the CorpusError that says why it is refused, StorageError."""
        (found,) = self.stage_all([(name, data)], by)
        if isinstance(found, Refused):
            raise found.error
        return found

    def stage_all(self, files: Iterable[tuple[str, bytes]], by: str = "") -> list[Staged | Refused]:
        """Take files in to be looked at, one by one; returns in order what waits now and what was refused.

        Raises EncoderError, StorageError; nothing is kept then.
        """
        found = self._staging.put(files)
        jobs = [entry for entry in found if isinstance(entry, Job)]
        try:
            shelf = self._holdings.shelf() if jobs else Shelf({}, {})
            encoder = self._encoder or own_encoder(self.index)
            readings = dict(zip(jobs, read_files(jobs, self._load, encoder), strict=True)) if jobs else {}
            return [
                entry if isinstance(entry, Refused) else self._judge(entry, readings[entry], shelf, by)
                for entry in found
            ]
        finally:
            self._staging.drop_unread(jobs)

    def staged(self) -> tuple[Staged, ...]:
        """Return the files that wait to be accepted, the first handed in first."""
        return self._staging.all()

    def replaced_by(self, staged: Sequence[Staged]) -> dict[str, str]:
        """Return by id of a file that waits the path of the file that it would take the place of."""
        shelf = self._holdings.shelf() if staged else Shelf({}, {})
        places = {file.id: shelf.replaced_by(file.name) for file in staged}
        return {staged_id: path for staged_id, path in places.items() if path is not None}

    def preview(self, staged_id: str, number: int = 1) -> Preview:
        """Return an article of a file that waits, as the index will hold it, and its passages.

        Raises NotThereError for a file that does not wait or an article that it does not hold.
        """
        staged = self._staging.get(staged_id)
        try:
            articles, passages, dropped = read_back(self._staging.place(staged))
        except OSError:
            articles = passages = dropped = ()
        if not 1 <= number <= len(articles):
            raise NotThereError("library.no_such_number")
        article = articles[number - 1]
        own = tuple(passage for passage in passages if passage.article is article)
        return Preview(staged, article, own, number, len(articles), dropped)

    def accept(self, staged_ids: Sequence[str], *, replace: bool = False) -> tuple[Staged, ...]:
        """Move files that wait into the corpus, all of them or none; they count once the index is rebuilt.

        Where a file of that name is there, `replace` moves the old one to the removed files; without it, and where
        an id of an article is taken, CorpusError. Raises NotThereError, IndexBusyError, StorageError.
        """
        with self._home.locked():
            self._rebuilding.refuse_while_running()
            files = tuple(self._staging.get(staged_id) for staged_id in dict.fromkeys(staged_ids))
            shelf, coming = self._holdings.shelf(), dict[str, str]()
            for file in files:
                self._refuse_taken(file, shelf, replace)
                for article_id in file.articles:
                    if coming.setdefault(article_id, file.name) != file.name:
                        raise _twins(coming[article_id], file.name)
            for file in files:
                self._move_in(file, shelf.replaced_by(file.name))
        return files

    def discard(self, staged_ids: Sequence[str]) -> tuple[Staged, ...]:
        """Drop files that wait; raises NotThereError, StorageError."""
        with self._home.locked():
            files = tuple(self._staging.get(staged_id) for staged_id in dict.fromkeys(staged_ids))
            for file in files:
                self._staging.drop(file)
        return files

    # files that are there

    def files(self, words: str = "") -> tuple[Held, ...]:
        """Return the files of the corpus by path, those only whose path holds all `words`, accents or not."""
        wanted = fold(words).split()
        return tuple(file for file in held_files(self.corpus) if all(w in fold(file.path) for w in wanted))

    def file(self, path: str) -> Held:
        """Return the file of that path; raises NotThereError."""
        return self._holdings.find(path)

    def file_of(self, article_id: str) -> Held:
        """Return the file of an article; raises CorpusError where it holds others too, NotThereError."""
        return self._holdings.file_of(article_id)

    def articles_in(self, file: Held) -> frozenset[str]:
        """Return the ids of the articles that a file of the corpus holds."""
        return article_ids(self.corpus, file)

    def remove(self, article_id: str) -> Removed:
        """Move the file of an article to the removed files; raises what `file_of` and `remove_file` raise."""
        return self.remove_file(self.file_of(article_id).path)

    def remove_file(self, path: str) -> Removed:
        """Move a file of the corpus to the removed files: it answers on until the index is rebuilt.

        Raises NotThereError, IndexBusyError, StorageError.
        """
        with self._home.locked():
            self._rebuilding.refuse_while_running()
            return self._holdings.remove(self._holdings.find(path))

    def removed(self) -> tuple[Removed, ...]:
        """Return what was removed and not restored, the latest first."""
        return self._holdings.removed()

    def restore(self, removed_id: str) -> Held:
        """Move a removed file back; raises CorpusError where its place is taken, NotThereError, IndexBusyError."""
        with self._home.locked():
            self._rebuilding.refuse_while_running()
            return self._holdings.restore(removed_id)

    def pending(self) -> Pending:
        """Return how the files differ from those that the answering index was built from."""
        return self._holdings.pending()

    # the index

    def rebuild(self, *, full: bool = False) -> None:
        """Start a rebuild and return once it runs; raises IndexBusyError where one does already, StorageError."""
        self._rebuilding.start(full)

    def progress(self) -> RebuildProgress:
        """Return how the rebuild stands, or how the last one ended."""
        return self._rebuilding.progress()

    def cancel(self) -> bool:
        """Ask the rebuild to stop, which it does within half a second; returns whether there was one."""
        return self._rebuilding.cancel()

    def generations(self) -> tuple[KeptGeneration, ...]:
        """Return the generations that the index keeps, newest first; raises IndexDamagedError."""
        return rollback.kept(self.index)

    def before(self) -> Difference:
        """Return what going back would change; raises what `roll_back` raises."""
        now, then = ({article.id: article for article in articles} for articles in rollback.both(self.index))
        return Difference(
            gone=tuple(now[key].title for key in now.keys() - then.keys()),
            back=tuple(then[key].title for key in then.keys() - now.keys()),
            changed=tuple(now[key].title for key in now.keys() & then.keys() if now[key] != then[key]),
        )

    def roll_back(self) -> str:
        """Let the generation before answer again and return its name; the files of the corpus stay as they are.

        Raises NotThereError where there is none, IndexBusyError, IndexDamagedError, EncoderError, StorageError.
        """
        self._rebuilding.refuse_while_running()
        return rollback.roll_back(self.index, self._is_at_hand)

    def close(self) -> None:
        """End the rebuild that this process started, if it still runs."""
        self._rebuilding.close()

    def _is_at_hand(self, made_with: EncoderRecord) -> bool:
        for name in filter(None, (made_with.name, self._encoder)):
            with suppress(EncoderError):
                if self._load(name).fingerprint == made_with.fingerprint:
                    return True
        return False

    def _judge(self, job: Job, reading: FileSummary | CorpusError, shelf: Shelf, by: str) -> Staged | Refused:
        if isinstance(reading, CorpusError):
            return Refused(shown(job.name), reading)
        if owner := shelf.owner(job.name, reading.ids):
            return Refused(shown(job.name), taken(job.name, owner))
        return self._staging.keep(job, reading, by)

    def _refuse_taken(self, file: Staged, shelf: Shelf, replace: bool) -> None:
        there = shelf.replaced_by(file.name)
        if there is not None and not replace:
            raise CorpusError("library.file_there", file=there)
        if there is None and os.path.lexists(self.corpus / file.name):  # a folder, or a link that leads away
            raise taken(file.name, file.name)
        if owner := shelf.owner(file.name, file.articles):
            raise taken(file.name, owner)

    def _move_in(self, file: Staged, replaced: str | None) -> None:
        if replaced is not None:
            self._holdings.remove(self._holdings.find(replaced))
        content = self._staging.place(file) / CONTENT
        with writing(self.corpus):
            move_sidecar(content, self.corpus / file.name)
            os.utime(content)  # a file that came now is newer than any index
            content.rename(self.corpus / file.name)
            sync(self.corpus)
        self._staging.drop(file)


def _twins(one: str, other: str) -> CorpusError:
    return CorpusError("library.same_article_id", one=shown(one), other=shown(other))
