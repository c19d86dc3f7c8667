"""The same database on PostgreSQL: these tests need an empty one, named by PARTYQA_TEST_POSTGRESQL, and psycopg."""

import multiprocessing
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from partyqa.errors import NotThereError, StorageError
from partyqa.service.conversations.feedback import FeedbackStore
from partyqa.service.conversations.history import History
from partyqa.service.db.database import Database
from partyqa.service.db.tables import Base

URL = os.environ.get("PARTYQA_TEST_POSTGRESQL", "")
FORK = multiprocessing.get_context("fork")
HANOI = timezone(timedelta(hours=7))

pytestmark = pytest.mark.skipif(not URL, reason="PARTYQA_TEST_POSTGRESQL names no empty PostgreSQL database")


@pytest.fixture
def empty() -> Iterator[None]:
    """Take away all tables, before and after."""
    engine = create_engine(URL)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield
    engine.dispose()


@pytest.fixture
def database(empty: None) -> Iterator[Database]:
    opened = Database.open(URL)
    yield opened
    opened.close()


def answer(question: str, quote: str) -> dict[str, Any]:
    return {"question": question, "citations": [{"article_id": "a", "quote": quote}], "confidence": 0.5}


def test_migrations_make_what_the_tables_say(database: Database) -> None:
    engine = create_engine(URL)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_conversations_are_kept_found_and_deleted(database: Database) -> None:
    history, store = History(database), FeedbackStore(database)
    key = history.start("p", at=datetime(2026, 1, 2, 3, 4, 5, 6, HANOI))
    asked = answer("Mường Tè được 100%?\x00\ud800", "Toàn Đảng bộ có\x00 12_chi bộ.")
    history.add_turn("p", key, asked["question"], asked, at=datetime(2026, 1, 3, tzinfo=UTC))
    assert history.conversation("p", key).created == datetime(2026, 1, 1, 20, 4, 5, 6, UTC)
    for query, found in (("muong te 100%", 1), ("1_0%", 0), ("DANG BO 12_c", 1), ("12%c", 0), ("\x00", 1)):
        assert len(history.conversations("p", query)) == found, query
    assert history.conversations("q") == []
    assert [turn.question for turn in history.turns("p", key)] == ["Mường Tè được 100%?"]
    assert history.rename("p", key, "Đổi tên").title == "Đổi tên"
    for verdict in ("wrong", "right"):
        store.give("p", asked, ["trước"], verdict)
    assert [row["gold"][0]["quote"] for row in store.export().rows] == ["Toàn Đảng bộ có 12_chi bộ."]
    history.delete("p", key)
    assert store.export().rows == ()
    for absent in (key, "\x00"):
        with pytest.raises(NotThereError):
            history.turns("p", absent)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM turns")) == 0


def write_many(start: Any, key: str) -> None:
    start.wait()
    database = Database.open(URL)
    for number in range(20):
        History(database).add_turn("p", key, f"{os.getpid()} {number}", answer("?", "x"))
        FeedbackStore(database).give("p", answer("?", "x"), [], "right", str(number))
    database.close()


def test_two_processes_write_at_once(database: Database) -> None:
    key, start = History(database).start("p"), FORK.Barrier(2)
    database.close()
    writers = [FORK.Process(target=write_many, args=(start, key)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    turns = History(database).turns("p", key)
    assert [turn.position for turn in turns] == list(range(40))
    assert {turn.question for turn in turns} == {f"{w.pid} {number}" for w in writers for number in range(20)}
    assert len(FeedbackStore(database).export().rows) == 1


def open_with_others(start: Any) -> None:
    start.wait()
    Database.open(URL).close()


def test_four_workers_that_start_at_once_make_one_database(empty: None) -> None:
    start = FORK.Barrier(4)
    workers = [FORK.Process(target=open_with_others, args=(start,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4


def test_a_server_that_is_not_there(database: Database) -> None:
    with pytest.raises(StorageError, match="PARTYQA_DATABASE") as caught:
        Database.open("postgresql://me:secret@127.0.0.1:9/x")
    assert "secret" not in caught.value.vi + caught.value.en
