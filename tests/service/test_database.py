"""The database: made for its owner alone, brought up to date by one of many, and plain about what is wrong."""

import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from partyqa.errors import StorageError
from partyqa.service.conversations.history import History
from partyqa.service.db import auth_tables
from partyqa.service.db.database import Database, default_url
from partyqa.service.db.tables import Base, Conversation

FORK = multiprocessing.get_context("fork")  # an import takes longer than any of these tests
ANSWER = {"question": "Mường Tè có mấy chi bộ?", "citations": [{"article_id": "a", "quote": "Có 12 chi bộ."}]}
NOBODY = 65534


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "partyqa.sqlite3"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = Database.open(str(file))
    yield opened
    opened.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def conversation(key: str, moment: datetime) -> Conversation:
    return Conversation(id=key, person_id="p", title="", folded="", created=moment, changed=moment)


def test_the_default_is_a_file_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PARTYQA_DATABASE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_url() == f"sqlite:///{tmp_path}/partyqa/partyqa.sqlite3"


@pytest.mark.parametrize(
    ("named", "url"),
    [
        ("/srv/a.db", "sqlite:////srv/a.db"),
        ("here.db", "sqlite:///here.db"),
        ("sqlite:////srv/a.db", "sqlite:////srv/a.db"),
        ("postgresql://văn:mật@db/partyqa", "postgresql://v%C4%83n:m%E1%BA%ADt@db/partyqa"),
    ],
)
def test_the_environment_names_another(monkeypatch: pytest.MonkeyPatch, named: str, url: str) -> None:
    monkeypatch.setenv("PARTYQA_DATABASE", named)
    assert default_url() == url


@pytest.mark.parametrize("name", ["dữ liệu.db", "100% a?b=c&d#e.db", "a%20b+c:d@e.db"])
def test_a_path_is_taken_to_the_letter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("PARTYQA_DATABASE", str(tmp_path / "thư mục" / name))
    Database.open().close()
    names = sorted(path.name for path in (tmp_path / "thư mục").iterdir())
    assert names == [name, f"{name}.lock"]


@pytest.mark.parametrize("name", ["sqlite://", "sqlite:///:memory:", "://", "postgresql://h:port/x"])
def test_an_address_that_is_none(name: str) -> None:
    with pytest.raises(StorageError, match="PARTYQA_DATABASE"):
        Database.open(name)


@pytest.mark.parametrize("name", ["mysql://me:secret@127.0.0.1/x", "nosuch://me:secret@127.0.0.1/x"])
def test_a_database_of_another_make_is_refused_without_telling_the_password(name: str) -> None:
    with pytest.raises(StorageError, match="PostgreSQL") as caught:
        Database.open(name)
    assert "secret" not in caught.value.vi + caught.value.en


def test_folder_and_files_are_their_owners_alone(database: Database, file: Path) -> None:
    with database.session() as session:
        session.add(conversation("x", datetime.now(UTC)))
    names = {path.name: mode(path) for path in file.parent.iterdir()}
    beside = ("", "-wal", "-shm", ".lock")
    assert names == {f"partyqa.sqlite3{suffix}": 0o600 for suffix in beside}
    assert mode(file.parent) == 0o700


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Database.open(str(tmp_path / "a.db")).close()
    assert mode(tmp_path) == 0o755


def test_every_connection_is_set_up(database: Database) -> None:
    pragmas = {"foreign_keys": 1, "secure_delete": 1, "journal_mode": "wal", "busy_timeout": 30_000}
    with database.session() as first, database.reading() as second, database.reading() as third:
        for session in (first, second, third):
            assert {name: session.scalar(text(f"PRAGMA {name}")) for name in pragmas} == pragmas


def test_migrations_make_what_the_tables_say(database: Database, file: Path, tmp_path: Path) -> None:
    assert differences(file) == []
    # compare_metadata passes over keys and ON DELETE: SQLite itself is asked for those.
    made = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    Base.metadata.create_all(made)
    made.dispose()
    expected = layout(tmp_path / "made.db")
    assert set(expected) == set(Base.metadata.tables) and auth_tables.User.__tablename__ in expected
    assert layout(file) == expected
    database.close()
    with sqlite3.connect(file) as connection:
        connection.execute("DROP INDEX ix_conversations_person_id_changed")
    connection.close()
    assert [difference[0] for difference in differences(file)] == ["add_index"]
    assert layout(file) != expected


def differences(file: Path) -> list[Any]:
    """What alembic would write into another revision."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    return list(found)


def layout(file: Path) -> dict[str, Any]:
    """What SQLite says of every table: columns, foreign keys, indexes."""
    with sqlite3.connect(file) as connection:
        wanted = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'alembic%'"
        found = {}
        for (table,) in connection.execute(wanted).fetchall():
            indexes = connection.execute(f"PRAGMA index_list({table})").fetchall()
            found[table] = (
                sorted(connection.execute(f"PRAGMA table_info({table})").fetchall()),
                sorted(connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()),
                sorted(
                    (unique, connection.execute(f"PRAGMA index_info({name})").fetchall())
                    for _, name, unique, *_ in indexes
                ),
            )
    connection.close()
    return found


def test_what_was_written_is_there_after_a_restart(file: Path) -> None:
    first = Database.open(str(file))
    History(first).add_turn("p", History(first).start("p"), "Mường Tè có mấy chi bộ?", ANSWER)
    first.close()
    assert sorted(path.name for path in file.parent.iterdir()) == ["partyqa.sqlite3", "partyqa.sqlite3.lock"]
    second = Database.open(f"sqlite:///{file}")
    (found,) = History(second).conversations("p")
    assert [turn.answer for turn in History(second).turns("p", found.id)] == [ANSWER]
    second.close()


def test_an_error_takes_everything_back(database: Database) -> None:
    moment = datetime.now(UTC)
    with pytest.raises(ZeroDivisionError), database.session() as session:
        session.add(conversation("x", moment))
        session.flush()
        _ = 1 / 0
    with pytest.raises(IntegrityError), database.session() as session:
        session.add_all([conversation("x", moment), conversation("y", moment)])
        session.flush()
        session.execute(
            text("INSERT INTO turns VALUES (1, 'z', 0, '', '{}', '', '2026-01-01')")
        )  # no such conversation
    with database.reading() as reading:
        assert reading.scalars(select(Conversation)).all() == []


def test_a_reading_session_writes_nothing(database: Database) -> None:
    with database.reading() as session:
        session.add(conversation("x", datetime.now(UTC)))
        session.flush()
    with database.reading() as session:
        assert session.get(Conversation, "x") is None


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.session() as writing:
        writing.add(conversation("x", datetime.now(UTC)))
        writing.flush()
        with database.reading() as reading:
            assert reading.scalars(select(Conversation.id)).all() == []
    with database.reading() as reading:
        assert reading.scalars(select(Conversation.id)).all() == ["x"]


def test_moments_come_back_in_utc(database: Database) -> None:
    hanoi = datetime(2026, 2, 3, 4, 5, 6, 789, timezone(timedelta(hours=7)))
    with database.session() as session:
        session.add(conversation("x", hanoi))
    with database.reading() as session:
        found = session.get_one(Conversation, "x")
    assert (found.created, found.created.tzinfo) == (datetime(2026, 2, 2, 21, 5, 6, 789, UTC), UTC)
    with pytest.raises(StatementError, match="time zone"), database.session() as session:
        session.add(conversation("y", datetime(2026, 1, 1)))


def write_many(file: Path, start: Any, key: str, count: int) -> None:
    database = Database.open(str(file))
    start.wait()
    history = History(database)
    for number in range(count):
        history.add_turn("p", key, f"{os.getpid()} {number}", {"question": "?", "citations": []})
    database.close()


def test_two_processes_write_at_once(database: Database, file: Path) -> None:
    history = History(database)
    key, start = history.start("p"), FORK.Barrier(2)
    database.close()  # no connection may be open in two processes
    writers = [FORK.Process(target=write_many, args=(file, start, key, 20)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    turns = history.turns("p", key)
    assert [turn.position for turn in turns] == list(range(40))
    expected = {f"{writer.pid} {number}" for writer in writers for number in range(20)}
    assert {turn.question for turn in turns} == expected


def open_with_others(file: Path, start: Any) -> None:
    start.wait()
    Database.open(str(file)).close()


def test_four_workers_that_start_at_once_make_one_database(file: Path) -> None:
    start = FORK.Barrier(4)
    workers = [FORK.Process(target=open_with_others, args=(file, start)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    connection.close()


@pytest.mark.parametrize("broken", ["text", "folder", "cut", "header"])
def test_a_file_that_is_no_database(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "a.db"
    if broken == "folder":
        file.mkdir()
    elif broken == "text":
        file.write_text("Đây không phải cơ sở dữ liệu. " * 100)
    else:
        Database.open(str(file)).close()
        whole = file.read_bytes()
        file.write_bytes(whole[:5000] if broken == "cut" else b"\0" * 100 + whole[100:])
    with pytest.raises(StorageError) as caught:
        Database.open(str(file))
    assert str(file) in caught.value.vi and "PARTYQA_DATABASE" in caught.value.vi
    assert "\n" not in caught.value.vi + caught.value.en


def test_a_file_that_is_damaged_while_it_serves(database: Database, file: Path) -> None:
    history = History(database)
    key = history.start("p")
    for number in range(30):
        history.add_turn("p", key, f"câu {number} " * 50, ANSWER)
    database.scrub()
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xff" * (file.stat().st_size - 4096))
    database.close()
    with pytest.raises(StorageError, match=str(file)):
        history.turns("p", key)


def test_a_database_of_a_newer_version(database: Database, file: Path) -> None:
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="mới hơn") as caught:
        Database.open(str(file))
    assert "newer" in caught.value.en and str(file) in caught.value.en
    with database.reading() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may reach: pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="partyqa-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def said_by_child(function: Callable[[], object], limit: Callable[[], None]) -> str:
    """What becomes of `function` in a process under a limit: "fine", or its StorageError in Vietnamese."""
    heard, said = FORK.Pipe(duplex=False)

    def run() -> None:
        limit()
        try:
            function()
        except StorageError as error:
            said.send(error.vi)
        else:
            said.send("fine")

    child = FORK.Process(target=run)
    child.start()
    word = heard.recv() if heard.poll(60) else "nothing"
    child.join(60)
    return str(word)


def become_nobody() -> None:
    """Root may write to everything."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def test_a_file_that_may_only_be_read(open_folder: Path) -> None:
    file = open_folder / "a.db"
    Database.open(str(file)).close()
    for path in open_folder.iterdir():
        path.chmod(0o444)
    open_folder.chmod(0o555)
    said = said_by_child(lambda: Database.open(str(file)), become_nobody)
    assert said.startswith(f"Không dùng được cơ sở dữ liệu {file} (Permission denied)"), said
    open_folder.chmod(0o777)
    (open_folder / "a.db.lock").chmod(0o666)
    said = said_by_child(lambda: Database.open(str(file)), become_nobody)
    assert said.startswith(f"Không dùng được cơ sở dữ liệu {file} (attempt to write a readonly database)"), (
        said
    )
    for path in open_folder.glob("a.db-*"):  # SQLite gave its log the file's mode
        path.unlink()
    file.chmod(0o666)
    assert said_by_child(lambda: Database.open(str(file)), become_nobody) == "fine"


def test_a_folder_that_cannot_be_made(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    file = open_folder / "new" / "a.db"
    said = said_by_child(lambda: Database.open(str(file)), become_nobody)
    assert said.startswith(f"Không dùng được cơ sở dữ liệu {file} (Permission denied)"), said


def test_a_full_disk_is_told_and_harms_nothing(file: Path) -> None:
    database = Database.open(str(file))
    history = History(database)
    key = history.start("p")
    history.add_turn("p", key, "trước", ANSWER)
    database.close()

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    def write() -> None:
        opened = History(Database.open(str(file)))
        for _ in range(20):
            opened.add_turn("p", key, "đầy " * 5000, ANSWER)

    said = said_by_child(write, small_files)
    assert said.startswith(f"Không dùng được cơ sở dữ liệu {file} (")
    database = Database.open(str(file))
    questions = [turn.question for turn in History(database).turns("p", key)]
    assert questions[0] == "trước" and set(questions[1:]) <= {"đầy " * 5000} and len(questions) < 21
    with database.reading() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    database.close()
