"""Conversations: kept through a restart, found by any spelling, seen by one person alone, gone when deleted."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from partyqa.errors import NotThereError, QuestionError
from partyqa.service.conversations import history as module
from partyqa.service.conversations.feedback import FeedbackStore
from partyqa.service.conversations.history import History, shortened
from partyqa.service.db.database import Database
from partyqa.text.normalise import fold

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE = (f"person {number}" for number in count())  # one after the other shares the module's database
# What people type and what LIKE means by itself.
LETTERS = "aăâdđeêioôơuưyAĐÊƠàảãáạằổủỷẤ bcmnt0127%_\\/'\".,\u0301\u0323"
PHRASES = st.text(LETTERS, max_size=24)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = Database.open(str(tmp_path_factory.mktemp("history") / "a.db"))
    yield opened
    opened.close()


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


@pytest.fixture
def me() -> str:
    return next(PEOPLE)


def answer(question: str, *quotes: str) -> dict[str, Any]:
    """The parts of an answer's JSON that history reads, and one that it does not."""
    return {
        "question": question,
        "citations": [{"article_id": "bài/1", "quote": quote} for quote in quotes],
        "confidence": 0.75,
    }


def titles(history: History, person: str, query: str = "") -> list[str]:
    return [found.title for found in history.conversations(person, query)]


def test_a_conversation_holds_its_turns_as_they_were(history: History, me: str) -> None:
    key = history.start(me, at=NOON)
    first = answer("Mường Tè có mấy chi bộ?", "Huyện có 12 chi bộ,\n“sinh hoạt đều”.")
    history.add_turn(me, key, first["question"], first, at=NOON + timedelta(minutes=1))
    refusal = answer("Còn Mường Ảng thì sao?")
    last = history.add_turn(me, key, refusal["question"], refusal, at=NOON + timedelta(minutes=2))
    found = history.turns(me, key)
    assert [(turn.position, turn.question, turn.answer) for turn in found] == [
        (0, first["question"], first),
        (1, refusal["question"], refusal),
    ]
    assert [turn.asked for turn in found] == [NOON + timedelta(minutes=minutes) for minutes in (1, 2)]
    assert (last.position, last.id) == (1, found[1].id)
    whole = history.conversation(me, key)
    assert (whole.id, whole.title, whole.created, whole.changed) == (
        key,
        "Mường Tè có mấy chi bộ?",
        NOON,
        NOON + timedelta(minutes=2),
    )


def test_a_title_given_stays_and_an_empty_one_is_the_first_question(history: History, me: str) -> None:
    named, unnamed = history.start(me, "  Báo cáo\nquý I "), history.start(me)
    long = (
        "Huyện ủy Mường Tè đã kết nạp được bao nhiêu đảng viên mới trong nhiệm kỳ 2020 - 2025, so với trước?"
    )
    for key in (named, unnamed):
        history.add_turn(me, key, long, answer(long))
        history.add_turn(me, key, "Còn Mường Ảng?", answer("Còn Mường Ảng?"))
    assert history.conversation(me, named).title == "Báo cáo quý I"
    short = "Huyện ủy Mường Tè đã kết nạp được bao nhiêu đảng viên mới trong nhiệm kỳ 2020…"
    assert history.conversation(me, unnamed).title == short
    assert history.rename(me, named, "Đảng viên mới").title == "Đảng viên mới"
    assert history.conversation(me, named).title == "Đảng viên mới"
    assert history.rename(me, named, " \n").title == short
    assert len(history.rename(me, named, "dài " * 100).title) <= 200
    assert titles(history, me, "dai") == [history.conversation(me, named).title]


@given(text=st.text(max_size=120), length=st.integers(2, 40))
@example(text="Huyện ủy Mường Tè", length=17)
@example(text="Huyện ủy Mường Tè", length=16)
@example(text="một\u2028hai\tba", length=4)
def test_a_text_is_shortened_at_a_word(text: str, length: int) -> None:
    line = " ".join(shortened(text, 10_000).split())
    short = shortened(text, length)
    if len(line) <= length:
        assert short == line
        return
    assert len(short) <= length and short.endswith("…")
    kept = short.removesuffix("…")
    assert kept and line.startswith(kept)
    if any(char.isalnum() for char in line[:length].rpartition(" ")[0]):  # at least one whole word had room
        *words, last = kept.split(" ")
        whole = line.split(" ")[: len(words) + 1]
        assert words == whole[:-1] and last == whole[-1].rstrip(",;:.-–—")
        after = line[len(kept) :].lstrip(" ,;:.-–—")
        assert len(line) - len(after) + len(after.split(" ")[0]) >= length  # and the next word had none


def test_shortening_by_example() -> None:
    assert shortened("Huyện ủy Mường Tè kết nạp, bao nhiêu?", 20) == "Huyện ủy Mường Tè…"
    assert shortened("Huyện ủy Mường Tè kết nạp, bao nhiêu?", 28) == "Huyện ủy Mường Tè kết nạp…"
    assert shortened("a" * 30, 10) == "a" * 9 + "…"


def plain(text: str) -> str:
    """Lower case without any mark: what `fold` says, said another way."""
    marks = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text))
    return (
        "".join(char for char in marks if not unicodedata.combining(char))
        .replace("đ", "d")
        .replace("Đ", "d")
        .lower()
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.tuples(PHRASES, PHRASES, st.lists(PHRASES, max_size=2)), min_size=1, max_size=3),
    query=PHRASES,
    part=st.integers(0, 100),
)
@example(held=[("100%", "", []), ("1000", "", [])], query="100%", part=0)
@example(held=[("a_b", "", []), ("axb", "", [])], query="a_b", part=0)
@example(held=[("a\\b", "", []), ("ab", "", [])], query="a\\b", part=0)
@example(held=[("", "Đảng bộ", ["huyện UỶ"]), ("", "đăng", [])], query="dang UY", part=0)
@example(held=[("b\u0301c", "", []), ("bc", "", [])], query="bc\u0323", part=0)
@example(held=[("", "", ["một quote"]), ("", "", [])], query="quote ", part=0)
def test_search_finds_what_has_every_word(
    database: Database, held: list[tuple[str, str, list[str]]], query: str, part: int
) -> None:
    """Against a search through plain strings; half of the queries are cut out of what is held."""
    history, me = History(database), next(PEOPLE)
    text = " ".join([held[0][1], *held[0][2], held[0][0]])
    wanted = query if part % 2 == 0 or not text else text[part % len(text) :][:5]
    expected = []
    for title, question, quotes in held:
        key = history.start(me, title or "?")
        history.add_turn(me, key, question, answer(question, *quotes))
        texts = [plain(" ".join(title.split()) or "?"), plain("\n".join([question, *quotes]))]
        if all(any(word in text for text in texts) for word in plain(wanted).split()):
            expected.append(key)
    found = [conversation.id for conversation in history.conversations(me, wanted)]
    assert sorted(found) == sorted(expected)


def test_search_looks_at_titles_questions_and_quotes_and_at_nothing_else(history: History, me: str) -> None:
    key = history.start(me, "Báo cáo tháng Ba")
    history.add_turn(me, key, "Mường Tè?", answer("Mường Tè?", "Có 12 chi bộ."))
    history.add_turn(me, key, "Điện Biên?", answer("Điện Biên?", "Có 7 chi bộ."))
    for query in ("", "bao cao", "MUONG TE", "điện biên 12", "bộ. tháng", "chi  bộ  7"):
        assert titles(history, me, query) == ["Báo cáo tháng Ba"], query
    for query in ("confidence", "0.75", "bài/1", "citations", "13", "mườngtè"):
        assert titles(history, me, query) == [], query
    history.rename(me, key, "Khác")
    assert titles(history, me, "báo cáo") == [] and titles(history, me, "khac") == ["Khác"]


def test_a_search_of_any_length_ends(history: History, me: str) -> None:
    history.start(me, "có")
    assert titles(history, me, "co " * 50_000) == ["có"]
    assert titles(history, me, "x" * 200_000) == []
    assert titles(history, me, "%" * 60_000) == []


def test_the_newest_comes_first_and_pages_hold_each_once(history: History, me: str) -> None:
    moments = [NOON + timedelta(minutes=minutes) for minutes in (3, 1, 2, 2, 2, 5, 4)]
    keys = [history.start(me, f"t{number}", at=moment) for number, moment in enumerate(moments)]
    whole = [found.id for found in history.conversations(me)]
    assert [moments[keys.index(key)].minute for key in whole] == [5, 4, 3, 2, 2, 2, 1]
    paged: list[str] = []
    before = None
    while page := history.conversations(me, limit=2, before=before):
        paged += [found.id for found in page]
        before = page[-1].changed, page[-1].id
    assert paged == whole
    history.add_turn(me, keys[1], "?", answer("?"), at=NOON + timedelta(minutes=9))
    history.rename(me, keys[0], "mới đổi tên")
    assert [found.id for found in history.conversations(me)][:3] == [keys[1], keys[5], keys[6]]


def test_a_person_sees_and_touches_only_their_own(history: History, me: str) -> None:
    other = next(PEOPLE)
    mine, theirs = history.start(me, "của tôi"), history.start(other, "của người khác")
    history.add_turn(me, mine, "Hỏi riêng?", answer("Hỏi riêng?"))
    assert (titles(history, me), titles(history, other)) == (["của tôi"], ["của người khác"])
    assert titles(history, other, "hỏi riêng") == []
    calls = (
        lambda key: history.conversation(other, key),
        lambda key: history.turns(other, key),
        lambda key: history.rename(other, key, "x"),
        lambda key: history.delete(other, key),
        lambda key: history.add_turn(other, key, "x", answer("x")),
    )
    absent = "00000000-0000-4000-8000-000000000000"
    for call in calls:
        said = set()
        for key in (mine, absent, mine.upper(), f"{mine}\0", "", "%", "../x", "\ud800"):
            with pytest.raises(NotThereError) as caught:
                call(key)
            said.add((caught.value.vi, caught.value.en))
        assert len(said) == 1  # nothing tells another's conversation from none
    history.delete_all(other)
    assert (titles(history, me), titles(history, other)) == (["của tôi"], [])
    assert [turn.question for turn in history.turns(me, mine)] == ["Hỏi riêng?"]
    assert theirs != mine


def test_ids_cannot_be_guessed(history: History, me: str) -> None:
    keys = [history.start(me) for _ in range(5)]
    assert len(set(keys)) == 5
    assert all(key[14] == "4" and len(key) == 36 for key in keys)  # uuid4: 122 random bits


def test_a_conversation_ends_somewhere(history: History, me: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.MAX_TURNS == 500
    monkeypatch.setattr(module, "MAX_TURNS", 3)
    key = history.start(me)
    for number in range(3):
        history.add_turn(me, key, f"câu {number}", answer(f"câu {number}"), at=NOON)
    with pytest.raises(QuestionError, match="3 câu hỏi"):
        history.add_turn(me, key, "câu 3", answer("câu 3"))
    assert [turn.question for turn in history.turns(me, key)] == ["câu 0", "câu 1", "câu 2"]
    assert history.conversation(me, key).changed == NOON


def test_half_a_surrogate_pair_and_control_characters_are_kept_out(history: History, me: str) -> None:
    key = history.start(me, "a\ud800b\x00c")
    history.add_turn(me, key, "x\udfffy\x00z", answer("x\udfffy\x00z", "q\ud800"))
    (turn,) = history.turns(me, key)
    assert (history.conversation(me, key).title, turn.question) == ("abc", "xyz")
    assert turn.answer["citations"][0]["quote"] == "q?"


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_delete_means_gone(tmp_path: Path) -> None:
    """Not a word is left in any byte of any file, while the database is open and after it is closed."""
    database = Database.open(str(tmp_path / "a.db"))
    history, feedback = History(database), FeedbackStore(database)
    gone: list[str] = []
    kept: list[str] = []
    doomed = []
    for number in range(12):  # sizes on a page of SQLite's, and across many
        words = gone if number % 2 else kept
        mark = f"dấu{number:02d}"
        question, quote = f"hỏi {mark} " + "q" * (30 << number % 5), f"trích {mark} " + "t" * (50 << number)
        key = history.start("p", f"tựa {mark}")
        history.add_turn("p", key, question, answer(question, quote))
        feedback.give("p", answer(question, quote), [f"trước {mark}"], "wrong", f"lời {mark}")
        feedback.give("p", answer(question, quote), [f"trước {mark}"], "right", f"lời nữa {mark}")
        history.rename("p", key, f"tựa mới {mark}")
        words += [
            f"hỏi {mark}",
            f"trích {mark}",
            f"tựa mới {mark}",
            f"trước {mark}",
            f"lời nữa {mark}",
            fold(mark),
        ]
        if number % 2:
            gone += [f"tựa {mark}", f"lời {mark}"]
            doomed.append(key)
    held = everything_in(tmp_path)
    assert [word for word in gone if word.encode() not in held] == []
    for key in doomed:
        history.delete("p", key)
    for held in (everything_in(tmp_path), (database.close(), everything_in(tmp_path))[1]):
        assert [word for word in gone if word.encode() in held] == []
        assert [word for word in kept if word.encode() not in held] == []
    assert len(history.conversations("p")) == 6
    history.delete_all("p")
    held = everything_in(tmp_path)
    assert [word for word in kept if word.encode() in held] == []
    database.close()


def test_deleting_one_keeps_what_others_said_of_the_same_question(history: History, me: str) -> None:
    other, store = next(PEOPLE), FeedbackStore(history._database)
    asked = answer("Cùng một câu?", "Có.")
    key = history.start(me)
    history.add_turn(me, key, asked["question"], asked)
    store.give(me, asked, [], "right")
    store.give(other, asked, [], "right")
    store.give(me, answer("Câu khác?"), [], "right")
    history.delete(me, key)
    assert store.given(me, asked, []) is None
    assert store.given(other, asked, []) is not None
    assert store.given(me, answer("Câu khác?"), []) is not None
    with pytest.raises(NotThereError):
        history.turns(me, key)
