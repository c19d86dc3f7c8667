"""The database of the service: one SQLite file, or PostgreSQL by its URL, brought up to date when it is opened."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final, Self

from alembic.util import CommandError
from filelock import Timeout
from platformdirs import user_data_path
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoneFreeError
from sqlalchemy.orm import Session

from partyqa.errors import StorageError
from partyqa.service.db import sqlite
from partyqa.service.db.migrations import upgrade

VARIABLE: Final = "PARTYQA_DATABASE"
_FILE = "partyqa.sqlite3"
_UPGRADING = 0x70617274  # the number of the lock that upgraders of a PostgreSQL database hold


def default_url() -> str:
    """Return the database to open: what PARTYQA_DATABASE says, or a file in the user's data folder."""
    named = os.environ.get(VARIABLE, "").strip() or str(user_data_path("partyqa") / _FILE)
    return _url(named).render_as_string(hide_password=False)


class Database:
    """An open database; threads may share it, every process opens it anew."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._on_file = engine.dialect.name == "sqlite"
        self._reader = sqlite.reader_of(engine)

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """Return the database at `url`, a URL or the path of a SQLite file, or else `default_url()`.

        It is made where there is none, its tables are brought up to date; several processes may do so at
        once. Raises StorageError.
        """
        parsed = _url(url or default_url())
        with _told(parsed):
            engine = _engine(parsed)
            try:
                _bring_up_to_date(engine)
            except BaseException:
                engine.dispose()
                raise
        return cls(engine)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a session that may write; commits at the end, takes everything back after an error.

        On SQLite writers come one after the other: ask nobody and compute nothing long within. What it
        gave stays readable after it. Raises StorageError; IntegrityError passes through.
        """
        with (
            _told(self._engine.url),
            Session(self._engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that reads and never waits for a writer; what it writes is lost. Raises StorageError."""
        with (
            _told(self._engine.url),
            Session(self._reader, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session

    def scrub(self) -> None:
        """Leave no trace of what was deleted; to be called after a deletion. Raises StorageError."""
        if self._on_file:
            with _told(self._engine.url):
                sqlite.empty_log(self._engine)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _url(name: str) -> URL:
    """Return what `name` says; without :// it is the path of a SQLite file. Raises StorageError."""
    try:
        url = make_url(name) if "://" in name else URL.create("sqlite", database=str(Path(name).expanduser()))
    except (ArgumentError, ValueError) as error:
        raise _no_address() from error
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise _no_address()
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return sqlite.new_engine(url, _as_json)
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, json_serializer=_as_json)


def _as_json(value: object) -> str:
    """Return compact JSON with Vietnamese letters as they are."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return written.encode("utf-8", "replace").decode()  # half a surrogate pair is no text


def _bring_up_to_date(engine: Engine) -> None:
    on_file = engine.dialect.name == "sqlite"
    held: AbstractContextManager[None] = sqlite.alone(engine.url) if on_file else nullcontext()
    with held:
        if on_file:
            sqlite.keep_a_log(engine)
        with engine.begin() as connection:
            if on_file:
                sqlite.must_be_writable(connection)
            else:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADING})")
            upgrade(connection)


@contextmanager
def _told(url: URL) -> Iterator[None]:
    """Turn what a database throws into the StorageError that names the remedy."""
    try:
        yield
    except DBAPIError as error:
        if type(error) not in (DatabaseError, InternalError, OperationalError):
            raise  # a broken constraint is for its caller to report
        raise _unusable(url, str(error.orig)) from error
    except CommandError as error:
        raise _of_another_version(url) from error
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise _no_driver(url) from error
    except (OSError, Timeout, NoneFreeError, sqlite3.Error) as error:
        raise _unusable(url, getattr(error, "strerror", None) or str(error)) from error


def _shown(url: URL) -> str:
    return str(sqlite.file_of(url)) if url.get_backend_name() == "sqlite" else url.render_as_string()


def _no_address() -> StorageError:
    return StorageError("database.no_address", variable=VARIABLE)


def _unusable(url: URL, reason: str) -> StorageError:
    reason = " ".join(reason.split())
    return StorageError("database.unusable", database=_shown(url), reason=reason, variable=VARIABLE)


def _of_another_version(url: URL) -> StorageError:
    return StorageError("database.newer", database=_shown(url), variable=VARIABLE)


def _no_driver(url: URL) -> StorageError:
    return StorageError("database.no_driver", kind=url.drivername)
