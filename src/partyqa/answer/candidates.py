"""Sentences that could answer: those of the best passages, each viewed once with all that stands around it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from partyqa.answer.clauses.leads import leads
from partyqa.answer.progress import at
from partyqa.corpus.chunking import shared_path
from partyqa.models.base import Vectors
from partyqa.text.views import TextView
from partyqa.types import Hit, Passage, Sentence

Spot = tuple[Passage, int, float]  # a passage, the number of a sentence in it, the passage's score


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence where it was found, with what is known of it (`own`) and of the texts around it.

    `before` is the sentence before it in its passage, `paragraph` its paragraph up to it, `context` its article's
    title, place and date and the clauses it stands in, `article` the whole. `passage` is the fused score of its best
    passage; `cosine` its own with the question.
    """

    sentence: Sentence
    own: TextView
    before: TextView
    paragraph: TextView
    context: TextView
    article: TextView
    passage: float
    cosine: float


class Views(dict[str, TextView]):
    """One view of each text of an index, made when it is first looked up.

    Sentences share their context and article, and each is the next one's `before`; the next question meets the same
    ones again.
    """

    def __missing__(self, text: str) -> TextView:
        self[text] = view = TextView(text)
        return view


def sentence_views(
    hits: Iterable[Hit], cosines: Callable[[Sequence[Sentence]], Vectors], views: Views
) -> list[SentenceView]:
    """Return the sentences of the hits, each once, where it was found first.

    `cosines` measures all sentences at once; `views` are those of the index's texts.
    """
    found: dict[str, Spot] = {}
    for hit in hits:
        at("read")
        for number, sentence in enumerate(hit.passage.sentences):
            found.setdefault(sentence.id, (hit.passage, number, hit.score))
    near = cosines([passage.sentences[number] for passage, number, _ in found.values()]).tolist()
    return [_view(views, *spot, cosine) for spot, cosine in zip(found.values(), near, strict=True)]


def _view(views: Views, passage: Passage, number: int, score: float, cosine: float) -> SentenceView:
    sentence, article = passage.sentences[number], passage.article.text
    before = passage.sentences[number - 1].text if number else ""
    paragraph = TextView(article[article.rfind("\n", 0, sentence.start) + 1 : sentence.start])
    deeper = sentence.path[len(shared_path(passage.sentences)) :] if sentence.path else ()
    context = " ".join((passage.context, *deeper, *leads(sentence)))
    own, earlier, near, whole = (views[text] for text in (sentence.text, before, context, article))
    return SentenceView(sentence, own, earlier, paragraph, near, whole, score, cosine)
