"""What is read out of the JSON of an answer (`PartyQA.to_json`) where it is kept."""

from collections.abc import Mapping
from typing import Any

from partyqa.text.tokens import normalise

Gold = tuple[str, str]  # an article's id, and a quote of it to the letter


def question_of(answer_json: Mapping[str, Any]) -> str:
    """Return the question, normalised."""
    return normalise(str(answer_json["question"]))


def gold_of(answer_json: Mapping[str, Any]) -> tuple[Gold, ...]:
    """Return (article id, quote) of each citation, once each, in order."""
    cited = answer_json["citations"]
    return tuple(dict.fromkeys((str(one["article_id"]), normalise(str(one["quote"]))) for one in cited))
