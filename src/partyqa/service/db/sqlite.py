"""What SQLite needs to serve many: a private file, one writer at a time, and nothing left of what was deleted."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

WAIT = 30.0  # seconds that a writer waits for the one before it
_BEGIN = "partyqa_begin"  # the execution option that says how a transaction begins


def file_of(url: URL) -> Path:
    """Return the file that the URL of a SQLite database names."""
    return Path(str(url.database))


def new_engine(url: URL, json_serializer: Callable[[object], str]) -> Engine:
    """Return an engine whose transactions begin as writers; makes the file, for its owner alone. Raises OSError."""
    _make(file_of(url))
    # Connections are cheap here, and a person who waits for one waits for nothing.
    engine = create_engine(
        url, connect_args={"timeout": WAIT}, max_overflow=-1, json_serializer=json_serializer
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def reader_of(engine: Engine) -> Engine:
    """Return the same engine with transactions that begin as readers: they never wait for a writer."""
    return engine.execution_options(**{_BEGIN: "BEGIN"})


@contextmanager
def alone(url: URL) -> Iterator[None]:
    """Hold the file alone among those that open it. Raises filelock.Timeout, OSError."""
    file = file_of(url)
    with FileLock(file.with_name(f"{file.name}.lock"), timeout=WAIT, mode=0o600):
        yield


def keep_a_log(engine: Engine) -> None:
    """Turn on write-ahead logging, which stays with the file: readers and a writer no longer wait for each other."""
    _outside_transaction(engine, "PRAGMA journal_mode=WAL")


def must_be_writable(connection: Connection) -> None:
    """Raise OperationalError where the file may only be read: a transaction that writes nothing does not show it."""
    connection.exec_driver_sql("PRAGMA user_version=1")


def empty_log(engine: Engine) -> None:
    """Move the log of changes into the file and cut it to nothing: what was deleted stands in it still."""
    _outside_transaction(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def _outside_transaction(engine: Engine, pragma: str) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(pragma)
        cursor.fetchall()
        cursor.close()
    finally:
        connection.close()


def _make(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never opened where it exists: closing it would drop the locks that this process holds on it through SQLite.
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))  # its log takes over the mode


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # sqlite3 leaves transactions alone; _begin begins them
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A reader that turns writer is refused at once where another wrote meanwhile; one that began as writer waits.
    connection.exec_driver_sql(str(connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE")))
