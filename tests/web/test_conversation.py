"""Conversations without the page: asked over a real engine, kept in a real database, brought back, judged."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from served import services_over
from toy import ToyEncoder, toy_articles

from partyqa.engine import PartyQA
from partyqa.errors import NotThereError, QuestionError
from partyqa.i18n import texts
from partyqa.index.index import Index, build_index
from partyqa.question.query import MAX_QUESTION
from partyqa.service.answer_queue import AskLimits
from partyqa.service.auth.person import LOCAL, Person, Role
from partyqa.service.filters import Filters
from partyqa.types import Article
from partyqa.web.chat.conversation import TURNS_KEPT, Chat, Session
from partyqa.web.chat.turn import ChatTurn
from partyqa.web.services import Services

T = texts("vi")
OTHER = Person("other", "An", Role.READER)
ARTICLES = (
    Article(
        "a", "Đảng bộ huyện Mường Tè", "Đảng bộ huyện Mường Tè có 2.618 đảng viên. Huyện ở miền núi.", "Báo A"
    ),
    Article(
        "b", "Đảng bộ huyện Mường Ảng", "Đảng bộ huyện Mường Ảng có 2.128 đảng viên. Huyện có 10 xã.", "Báo B"
    ),
)
ANSWERED = "Đảng bộ huyện Mường Tè có bao nhiêu đảng viên?"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    index = tmp_path / "index"
    build_index(index, (*ARTICLES, *toy_articles(5, seed=3)), ToyEncoder())
    made = services_over(PartyQA.compose(Index.load(index), ToyEncoder()), index, tmp_path)
    yield made
    made.close()


@pytest.fixture
def chat(services: Services) -> Chat:
    return Chat(services, T)


def asked(chat: Chat, session: Session, question: str, person: Person = LOCAL) -> list[Session | str]:
    async def collect() -> list[Session | str]:
        return [came async for came in chat.ask(person, session, question)]

    return asyncio.run(collect())


def after(chat: Chat, questions: Sequence[str], session: Session | None = None) -> Session:
    session = session or Session()
    for question in questions:
        came = asked(chat, session, question)[-1]
        assert isinstance(came, Session)
        session = came
    return session


def rounded(session: Session) -> list[ChatTurn]:
    """The turns without their times, and with the confidence as JSON has it."""
    return [
        replace(turn, answer=replace(turn.answer, timings={}, confidence=round(turn.answer.confidence, 4)))
        for turn in session.turns
    ]


def test_an_answer_is_the_engines_and_is_kept_as_json(chat: Chat, services: Services) -> None:
    session = after(chat, [ANSWERED])
    (turn,) = session.turns
    expected = services.serving.engine.ask(ANSWERED)
    assert (turn.number, turn.kept, turn.answer.citations) == (1, 1, expected.citations)
    (row,) = services.history.turns(LOCAL.id, session.key)
    assert row.question == ANSWERED
    stored = services.serving.engine.to_json(turn.answer)
    assert {name: row.answer[name] for name in stored} == stored
    assert row.answer["grounds"][0]["said"] == list(turn.answer.grounds[0].said)


def test_a_follow_up_leans_on_the_turns_before_it(chat: Chat) -> None:
    session = after(chat, [ANSWERED, "Còn Mường Ảng thì sao?"])
    assert session.turns[1].answer.standalone_question == "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?"
    assert session.turns[1].answer.citations[0].sentence.article.id == "b"


def test_a_conversation_comes_back_as_it_was(chat: Chat, services: Services) -> None:
    session = after(chat, [ANSWERED, "Còn Mường Ảng thì sao?", "Giá vàng hôm nay?"])
    judged = chat.judge(LOCAL, session, 2, "wrong", "số cũ")
    assert rounded(chat.open(LOCAL, session.key, Filters())) == rounded(judged)
    assert chat.open(LOCAL, session.key, Filters()).turns[1].verdict == "wrong"


def test_of_a_changed_article_the_old_words_are_not_shown_as_its_own(chat: Chat, services: Services) -> None:
    session = after(chat, [ANSWERED])
    quoted = session.turns[0].answer.citations[0].sentence
    changed = replace(ARTICLES[0], text="Mở đầu mới. " + ARTICLES[0].text)
    build_index(services.serving.folder, (changed, ARTICLES[1]), ToyEncoder())
    assert services.serving.refresh()
    (turn,) = chat.open(LOCAL, session.key, Filters()).turns
    assert turn.changed == {1}
    assert turn.answer.citations[0].sentence.text == quoted.text
    assert turn.sources == (), "its article is not put beside it as if it still said so"
    build_index(services.serving.folder, ARTICLES, ToyEncoder())
    assert services.serving.refresh()
    (turn,) = chat.open(LOCAL, session.key, Filters()).turns
    assert (turn.changed, turn.sources[0].sentence) == (frozenset(), quoted)


def test_a_person_sees_only_their_own(chat: Chat) -> None:
    session = after(chat, [ANSWERED])
    with pytest.raises(NotThereError):
        chat.open(OTHER, session.key, Filters())
    with pytest.raises(NotThereError):
        chat.judge(OTHER, session, 1, "right", "")
    assert chat.listed(OTHER) == []
    assert [key for key, _, _ in chat.listed(LOCAL)] == [session.key]
    assert session.of(LOCAL) is session
    assert session.of(OTHER) == Session(OTHER.id), "who logged out leaves nothing on the page"


def test_a_conversation_deleted_elsewhere_begins_anew(chat: Chat, services: Services) -> None:
    session = after(chat, [ANSWERED])
    services.history.delete(LOCAL.id, session.key)
    going_on = after(chat, [ANSWERED], session)
    assert going_on.key != session.key
    assert len(services.history.turns(LOCAL.id, going_on.key)) == 1


def test_a_verdict_is_one_of_three(chat: Chat) -> None:
    session = after(chat, [ANSWERED])
    with pytest.raises(QuestionError):
        chat.judge(LOCAL, session, 1, "maybe", "")
    with pytest.raises(NotThereError):
        chat.judge(LOCAL, session, 7, "right", "")


def test_filters_hold_for_the_question(chat: Chat) -> None:
    narrow = Session(filters=Filters(sources=("Báo B",)))
    (came,) = [one for one in asked(chat, narrow, ANSWERED) if isinstance(one, Session)]
    shown = {citation.sentence.article.id for citation in came.turns[0].shown}
    assert shown == {"b"}
    assert not came.turns[0].answer.answered, "Mường Tè is left out by the filter"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "Câu hỏi đang trống"),
        (" \n\t ", "Câu hỏi đang trống"),
        ("😀 !?", "không có chữ hay số nào"),
        ("a" * (MAX_QUESTION + 1), f"dài {MAX_QUESTION + 1} ký tự"),
    ],
)
def test_a_question_that_cannot_be_asked_gets_its_sentence(
    chat: Chat, services: Services, question: str, sentence: str
) -> None:
    (said,) = asked(chat, Session(), question)
    assert isinstance(said, str)
    assert sentence in said
    assert services.history.conversations(LOCAL.id) == [], "it is no turn"


def test_errors_are_in_the_pages_language(services: Services) -> None:
    (said,) = asked(Chat(services, texts("en")), Session(), "")
    assert str(said).startswith("The question is empty")


def test_old_turns_leave_the_page_and_stay_in_the_history(chat: Chat, services: Services) -> None:
    session = after(chat, ["Cảm ơn"] * (TURNS_KEPT + 2))
    assert [turn.number for turn in session.turns] == list(range(3, TURNS_KEPT + 3))
    assert len(services.history.turns(LOCAL.id, session.key)) == TURNS_KEPT + 2
    assert rounded(chat.open(LOCAL, session.key, Filters())) == rounded(session)


EDITED = "Mường Áng có bao nhiêu đảng viên?"


@pytest.mark.parametrize(
    ("question", "as_written"),
    [
        (EDITED, True),
        ("mường ảng có bao nhiêu chi bộ", True),
        ("Mường Nhé có bao nhiêu đảng viên năm 2020?", True),
        ("Còn Mường Tè thì sao?", False),
    ],
)
def test_what_an_understood_question_was_made_into_is_asked_as_it_is_written(
    chat: Chat, question: str, as_written: bool
) -> None:
    session = replace(after(chat, [ANSWERED]), edited=EDITED)
    answer = after(chat, [question], session).turns[-1].answer
    assert (answer.standalone_question == question) is as_written


class Slow(ToyEncoder):
    """Embeds a question only once it is let to."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.go.set()

    def embed_queries(self, questions):  # type: ignore[no-untyped-def]
        self.go.wait(10)
        return super().embed_queries(questions)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[tuple[Slow, Services]]:
    index, encoder = tmp_path / "index", Slow()
    build_index(index, ARTICLES, encoder)
    engine = PartyQA.compose(Index.load(index), encoder)
    made = services_over(engine, index, tmp_path, limits=AskLimits(waiting=1, seconds=0.5))
    yield encoder, made
    encoder.go.set()
    made.close()


def test_a_step_that_lasts_is_shown(slow: tuple[Slow, Services]) -> None:
    encoder, services = slow
    encoder.go.clear()
    threading.Timer(0.3, encoder.go.set).start()
    *steps, session = asked(Chat(services, T), Session(), "Mường Tè có bao nhiêu đảng viên?")
    assert steps == ["retrieve"]
    assert isinstance(session, Session)


def test_a_question_past_its_time_is_stopped(slow: tuple[Slow, Services]) -> None:
    encoder, services = slow
    encoder.go.clear()
    threading.Timer(0.8, encoder.go.set).start()
    *_, said = asked(Chat(services, T), Session(), "Mường Tè có bao nhiêu đảng viên?")
    assert str(said).startswith("Câu hỏi này mất quá nhiều thời gian")


def test_a_full_line_says_so(slow: tuple[Slow, Services]) -> None:
    encoder, services = slow
    encoder.go.clear()
    waiting = [services.serving.begin(f"Mường Tè có bao nhiêu đảng viên {n}?") for n in range(2)]
    (said,) = asked(Chat(services, T), Session(), "Mường Tè có bao nhiêu đảng viên?")
    assert str(said).startswith("Đang có nhiều người hỏi cùng lúc")
    assert services.serving.in_line == 1
    encoder.go.set()
    assert all(one.result().answer.text for one in waiting)
