"""What the chat page shows, as values for its templates (templates/chat/); no HTML is written here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from partyqa.answer.calibration import confidence_step
from partyqa.answer.progress import Step
from partyqa.i18n import Texts
from partyqa.service.auth.person import Person, Role
from partyqa.service.citing import place_of
from partyqa.service.filters import Facets, Filters
from partyqa.service.links import address, article_path, web_url
from partyqa.types import Answer, Article, Citation, Grounds
from partyqa.web.chat.turn import ChatTurn
from partyqa.web.templating import fragment, text_lines

EXAMPLES = (
    "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?",
    "Ai là Bí thư Huyện ủy Mường Ảng?",
    "Thị trấn Mường Lát có bao nhiêu chi bộ?",
    "Đảng bộ huyện Mường Nhé có bao nhiêu đảng viên?",
)


class KeptConversation(NamedTuple):
    """A conversation kept in the history."""

    id: str
    title: str
    changed: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted sentence as before + answering + after, and why it was chosen.

    `path` leads to the sentence in its article's page; it is "" where the article has changed since. `place` says where
    in its file it stands.
    """

    marker: int
    before: str
    answering: str
    after: str
    article: Article
    path: str
    reasons: tuple[str, ...]
    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring letters of one line that belong to one citation, or to none (`marker` 0).

    `pieces` are (letters, whether they answer); `opens`: the sentence begins here, not on an earlier line.
    """

    marker: int
    opens: bool
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """An article with its cited sentences marked; `lines` are (whether the line holds something, its runs)."""

    article: Article
    title: str
    path: str
    original: str | None
    lines: tuple[tuple[bool, tuple[Run, ...]], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Draws the parts of a chat page in one language; `root` stands before its paths behind a proxy."""

    t: Texts
    root: str = ""

    def conversation(
        self,
        turns: Sequence[ChatTurn],
        pending: tuple[str, Step] | None = None,
        note: str | None = None,
        key: str = "",
    ) -> str:
        """Return the left column: the turns, then a question under way, then a note (an error's sentence).

        `key` is the conversation's id in the history, "" while it has none.
        """
        return self._draw(
            "conversation",
            turns=[(turn, quotes_of(self.t, turn), self._words(turn.answer)) for turn in turns],
            pending=pending,
            note=note,
            key=key,
            examples=EXAMPLES,
        )

    def sources(self, turn: ChatTurn | None) -> str:
        """Return the right column: the articles that a turn shows, in the order of their first citation."""
        cited: dict[str, list[Citation]] = {}
        for citation in turn.sources if turn else ():
            cited.setdefault(citation.sentence.article.id, []).append(citation)
        kind = "empty" if not (turn and cited) else "cited" if turn.answer.answered else "related"
        cards = [card_of(citations) for citations in cited.values()]
        return self._draw("sources", kind=kind, number=turn.number if turn else 0, cards=cards)

    def header(self, count: int, person: Person | None = None) -> str:
        """Return the page's head: what this is, how many articles it holds, and the ways to everything else."""
        return self._draw(
            "header",
            count=count,
            name=person.name if person else "",
            administrator=person is not None and person.role >= Role.ADMINISTRATOR,
        )

    def filters(self, offered: Facets, chosen: Filters, fitting: int, count: int) -> str:
        """Return the fold in which articles are chosen by place, newspaper and year."""
        fields = (
            ("place", "chat.places", offered.places, chosen.places),
            ("source", "chat.newspapers", offered.sources, chosen.sources),
            ("year", "chat.years", offered.years, chosen.years),
        )
        return self._draw(
            "filters",
            words=", ".join([*chosen.places, *chosen.sources, *map(str, chosen.years)]),
            fields=[
                (name, legend, [*values, *((one, 0) for one in picked if one not in dict(values))], picked)
                for name, legend, values, picked in fields
            ],
            fitting=fitting,
            count=count,
        )

    def history(self, kept: Sequence[KeptConversation], query: str, current: str) -> str:
        """Return the drawer of the conversations kept; `current` is the id of the one that is open."""
        return self._draw("history", kept=kept, query=query, current=current)

    def _draw(self, name: str, /, **values: Any) -> str:
        return fragment(f"chat/{name}.html", self.t, self.root, **values)

    def _words(self, answer: Answer) -> str:
        """Return what stands under the quotes of an answer, or the text of a refusal."""
        if answer.answered:
            return self.t(f"chat.confidence_{confidence_step(answer.confidence)}")
        return answer.text_in(self.t.lang)


def quotes_of(t: Texts, turn: ChatTurn) -> list[Quote]:
    """Return the sentences that a turn shows, with their reasons as far as there are any."""
    grounds = dict(zip((citation.marker for citation in turn.shown), turn.answer.grounds, strict=False))
    quotes = []
    for citation in turn.shown:
        sentence, marker = citation.sentence, citation.marker
        text, (start, end) = sentence.text, citation.highlight or (0, 0)
        path = address(sentence.article.id, sentence.start, sentence.end, text)
        reasons = tuple(_reasons(t, grounds[marker])) if marker in grounds else ()
        quotes.append(
            Quote(
                marker,
                text[:start],
                text[start:end],
                text[max(start, end) :],
                sentence.article,
                "" if marker in turn.changed else path,
                reasons,
                place_of(sentence, t),
            )
        )
    return quotes


def card_of(citations: Sequence[Citation]) -> Card:
    """Return the article that all the citations are of, in full; of two that overlap the first keeps what is shared.

    The letters of all runs together are the article's text: every piece is sliced at cut points, none is rebuilt.
    """
    article = citations[0].sentence.article
    lines = tuple(
        (bool(line.strip()), tuple(_runs(article.text, start, start + len(line), citations)))
        for start, line in text_lines(article.text)
    )
    return Card(article, article.title or article.id, article_path(article.id), web_url(article.url), lines)


def _runs(text: str, start: int, end: int, citations: Sequence[Citation]) -> Iterator[Run]:
    """Yield the runs of one line of the text, from `start` to `end`."""
    spans = [(c.sentence.start, c.sentence.end, *_answering(c)) for c in citations]
    cuts = {start, end, *(bound for span in spans for bound in span if start < bound < end)}
    pieces = pairwise(sorted(cuts))
    for owner, run in groupby(pieces, key=lambda piece: _owner(piece[0], citations)):
        inside = list(run)
        first, last = _answering(owner) if owner else (0, 0)
        yield Run(
            owner.marker if owner else 0,
            owner is not None and inside[0][0] == owner.sentence.start,
            tuple((text[at:until], first <= at < last) for at, until in inside),
        )


def _owner(place: int, citations: Sequence[Citation]) -> Citation | None:
    """Return the first citation whose sentence holds the letter at `place`."""
    return next((c for c in citations if c.sentence.start <= place < c.sentence.end), None)


def _answering(citation: Citation) -> tuple[int, int]:
    """Return the answering words as a span of the article, an empty one where there are none."""
    start, end = citation.highlight or (0, 0)
    return citation.sentence.start + start, citation.sentence.start + end


def _reasons(t: Texts, grounds: Grounds) -> Iterator[str]:
    """Yield why a sentence was chosen, in the question's own words."""
    for name in ("said", "around", "lacking", "names", "years"):
        if words := getattr(grounds, name):
            yield t(f"chat.why_{name}", words=", ".join(map(str, words)))
    yield t("chat.why_ranks", of=grounds.of, by_words=grounds.by_words, by_meaning=grounds.by_meaning)
