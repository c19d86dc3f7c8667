"""The folder of an index: immutable generations, a manifest that is written last, one pointer, one lock.

    index/
    ├── CURRENT                  one line, the name of the generation that answers
    ├── .lock                    held while building; the kernel releases it when a builder dies
    └── generations/
        ├── 20260131T093000Z-1f2e3d4c/
        │   ├── ...              the files, each fsynced
        │   └── manifest.json    how they were made and their sha256, and its own sha256
        └── .new-20260131T.../   a build that is not finished, or was killed

A reader takes the pointer and never a lock: what the pointer names is whole and never changes.
"""

import errno
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from partyqa.errors import IndexBusyError, IndexDamagedError, IndexMissingError, StorageError
from partyqa.index.manifest import MANIFEST, Manifest, damaged, decode, differs, encode, record

_POINTER, _NEW_POINTER, _LOCK = "CURRENT", ".CURRENT.new", ".lock"
_HOME, _UNFINISHED = "generations", ".new-"
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")  # nothing else: no path gets through
_FRACTION = 2**32 // 10**6  # a second's millionths spread over eight hexadecimal digits
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # of an OSError: no space is left
_CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def new_generation(folder: Path) -> tuple[str, datetime]:
    """Return a name above all that the folder keeps, and the moment, UTC to the second.

    The name carries the moment, then its fraction of a second; where the clock was set back, the newest kept name and
    one more: names sort in the order they were published, which is how the one before is found.
    """
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%SZ}-{now.microsecond * _FRACTION:08x}"
    if (before := kept(folder)) and name <= before[-1]:
        second, _, fraction = before[-1].partition("-")
        name = f"{second}-{int(fraction, 16) + 1:08x}"
    return name, now.replace(microsecond=0)


@contextmanager
def locked(folder: Path, wait: float) -> Iterator[None]:
    """Hold the index alone, waiting for at most `wait` seconds, then clear away what killed builds left.

    Makes the folder. Raises IndexBusyError, StorageError.
    """
    lock = FileLock(folder / _LOCK, timeout=wait)
    with _writing(folder):
        _make(folder / _HOME)
        try:
            lock.acquire()
        except Timeout:
            raise IndexBusyError("index.busy", folder=folder) from None
    try:
        for left_over in (folder / _HOME).glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        yield
    finally:
        lock.release()


def current(folder: Path) -> str:
    """Return the name of the generation that answers; raises IndexMissingError, IndexDamagedError."""
    try:
        line = (folder / _POINTER).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if any((folder / _HOME).glob(f"[!.]*/{MANIFEST}")):
            raise damaged(folder, "index.file_missing", file=_POINTER) from None
        raise IndexMissingError("index.missing", folder=folder) from None
    except IsADirectoryError:
        raise differs(folder, _POINTER) from None
    except OSError as error:
        raise _unreadable(folder, error) from error
    name = line.decode("ascii", errors="replace").removesuffix("\n")
    if not _NAME.fullmatch(name) or line != f"{name}\n".encode():
        raise differs(folder, _POINTER)
    return name


def read(folder: Path, names: Collection[str]) -> tuple[Manifest, dict[str, bytes]]:
    """Return the current generation's manifest and its files `names`, every one checked.

    Raises IndexMissingError, IndexFormatError, IndexDamagedError. Where two builds ended while it was
    reading, what it read is pruned and the pointer names another: it reads that.
    """
    name = current(folder)
    try:
        return read_generation(folder, name, names)
    except IndexDamagedError:
        if (moved := current(folder)) == name:
            raise
        return read_generation(folder, moved, names)


def publish(folder: Path, draft: Manifest, files: Mapping[str, bytes]) -> Manifest:
    """Write the generation `draft` names, point to it, keep the one before; returns the whole manifest.

    Only while `locked`. Whatever goes wrong before the pointer moves (StorageError: a full disk) leaves the
    generation before as it was and serving, and nothing of this one.
    """
    name, before = draft.generation, _pointed(folder)
    manifest = replace(draft, files={file: record(data) for file, data in files.items()})
    with _writing(folder):
        try:
            _write_generation(folder / _HOME, name, {**files, MANIFEST: encode(manifest)})
            _move_pointer(folder, name)
        except BaseException:
            _discard(folder, name)
            raise
        sync(folder)
    for old in (folder / _HOME).iterdir():
        if _NAME.fullmatch(old.name) and old.name not in (name, before):  # what is not ours stays
            shutil.rmtree(old, ignore_errors=True)  # what cannot go now goes with the next build
    return manifest


def kept(folder: Path) -> tuple[str, ...]:
    """Return the generations that the folder keeps, in the order they were published; none is looked into."""
    try:
        return tuple(
            sorted(place.name for place in (folder / _HOME).iterdir() if _NAME.fullmatch(place.name))
        )
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise _unreadable(folder, error) from error


def written_at(folder: Path, name: str) -> int:
    """Return when the last file came into a generation's folder, in nanoseconds; 0 where it is gone."""
    try:
        return (folder / _HOME / name).stat().st_mtime_ns
    except OSError:
        return 0


def point(folder: Path, name: str) -> None:
    """Let the generation `name` answer, for good; only while `locked`, and after it was read whole."""
    with _writing(folder):
        _move_pointer(folder, name)
        sync(folder)


def read_manifest(folder: Path, name: str) -> Manifest:
    """Return the manifest of the generation `name`; its files are not looked at.

    Raises IndexDamagedError, IndexFormatError, StorageError.
    """
    manifest = decode(folder, _read_file(folder, folder / _HOME / name / MANIFEST))
    if manifest.generation != name:
        raise differs(folder, MANIFEST)
    return manifest


def read_generation(folder: Path, name: str, names: Collection[str]) -> tuple[Manifest, dict[str, bytes]]:
    """Return the manifest of the generation `name` and its files `names`, every one checked.

    Raises IndexDamagedError, IndexFormatError, StorageError.
    """
    manifest, place = read_manifest(folder, name), folder / _HOME / name
    if set(manifest.files) != set(names):
        raise differs(folder, MANIFEST)
    files = {}
    for file, expected in manifest.files.items():
        data = files[file] = _read_file(folder, place / file)
        if record(data) != expected:
            raise differs(folder, file)
    return manifest, files


def _read_file(folder: Path, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise damaged(folder, "index.file_missing", file=path.name) from None
    except OSError as error:
        raise _unreadable(folder, error) from error


def _write_generation(home: Path, name: str, files: Mapping[str, bytes]) -> None:
    """Write the files, in order, where no reader looks, and give them their name when all are on the disk."""
    unfinished = home / f"{_UNFINISHED}{name}"
    unfinished.mkdir()
    for file, data in files.items():
        write_bytes(unfinished / file, data)
    sync(unfinished)
    unfinished.rename(home / name)
    sync(home)


def _move_pointer(folder: Path, name: str) -> None:
    write_bytes(folder / _NEW_POINTER, f"{name}\n".encode())
    (folder / _NEW_POINTER).replace(folder / _POINTER)


def _discard(folder: Path, name: str) -> None:
    """Remove a generation that was not finished, unless the pointer has come to name it."""
    shutil.rmtree(folder / _HOME / f"{_UNFINISHED}{name}", ignore_errors=True)
    if _pointed(folder) != name:
        shutil.rmtree(folder / _HOME / name, ignore_errors=True)
        with suppress(OSError):
            (folder / _NEW_POINTER).unlink()


def _pointed(folder: Path) -> str | None:
    try:
        return current(folder)
    except (IndexMissingError, IndexDamagedError):
        return None


def _make(folder: Path) -> None:
    """Make a folder and its parents, each one's entry synced."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn an OSError into the StorageError that names the remedy."""
    try:
        yield
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> StorageError:
    if error.errno in FULL:
        return StorageError("index.disk_full", folder=folder)
    if error.errno in _CLOSED:
        return StorageError("index.no_permission", folder=folder)
    reason = error.strerror or type(error).__name__
    return StorageError("index.unwritable", folder=folder, reason=reason)


def _unreadable(folder: Path, error: OSError) -> StorageError:
    reason = error.strerror or type(error).__name__
    return StorageError("index.unreadable", folder=folder, reason=reason)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file that is on the disk when this returns; raises OSError."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Make the names in a folder last through a power cut; raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
