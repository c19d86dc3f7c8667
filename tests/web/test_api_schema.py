"""The OpenAPI document: schemathesis holds the running API to it, with every check it has."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from toy_api import ARTICLES, ToyApi, toy_api

from partyqa.types import Article

pytestmark = pytest.mark.slow

CONFIG: dict[str, Any] = {
    "generation": {"deterministic": True, "max-examples": 15, "database": "none", "unique-inputs": True},
    "phases": {"stateful": {"max-steps": 3, "generation": {"max-examples": 5}}},
    "operations": [
        {
            # Which message is the question, and that it holds a word, JSON Schema cannot say.
            "include-name": "POST /v1/chat/completions",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400"]}},
        }
    ],
}
"""All checks in all phases: examples, limits, made-up data, requests that lead to each other; the same in each run."""

OPERATIONS = {
    "POST /api/v1/ask",
    "GET /api/v1/search",
    "GET /api/v1/articles",
    "GET /api/v1/articles/{article_id}",
    "POST /api/v1/feedback",
    "POST /v1/chat/completions",
    "GET /v1/models",
    "GET /v1/models/{model_id}",
    "GET /health/live",
    "GET /health/ready",
    "GET /api/v1/health/live",
    "GET /api/v1/health/ready",
}

schemathesis.openapi.format(
    "question", st.text(st.characters(codec="utf-8"), max_size=40).map(lambda text: f"{text} đảng viên")
)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyApi]:
    with toy_api(tmp_path_factory.mktemp("schema")) as running:
        yield running


@pytest.fixture(scope="module")
def document(toy: ToyApi) -> dict[str, Any]:
    return httpx.get(f"{toy.url}/api/v1/openapi.json", timeout=30).json()


def test_schemathesis_finds_nothing(toy: ToyApi) -> None:
    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_url(f"{toy.url}/api/v1/openapi.json", config=config)
    found, asked = list[str](), Counter[str]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(event))
        elif isinstance(event, events.ScenarioFinished):
            asked.update(node.value.operation.label for node in event.recorder.cases.values())
            failures = [one.failure_info for checks in event.recorder.checks.values() for one in checks]
            found += [f"{one.failure}\n{one.code_sample}" for one in failures if one]
    assert not found, "\n\n".join(found)
    assert set(asked) == OPERATIONS
    assert min(asked[name] for name in OPERATIONS if name.startswith("POST")) > 50


def test_the_document_lists_every_operation_once_and_no_page(document: dict[str, Any]) -> None:
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == OPERATIONS
    names = [operation["operationId"] for operation in operations.values()]
    assert len(set(names)) == len(names)
    assert all(operation["description"] for operation in operations.values())


def test_what_is_sent_has_examples_that_are_answered(toy: ToyApi, document: dict[str, Any]) -> None:
    for path, name in (("/api/v1/ask", "AskBody"), ("/v1/chat/completions", "ChatBody")):
        examples = document["components"]["schemas"][name]["examples"]
        assert examples
        for example in examples:
            assert httpx.post(toy.url + path, json=example, timeout=30).status_code == 200


def test_every_operation_that_can_be_refused_says_so(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if "/health/" not in path:
                assert {"200", "400", "401", "403", "413", "422", "429", "500", "503"} <= set(
                    operation["responses"]
                )
                assert "Retry-After" in operation["responses"]["429"]["headers"]


@pytest.mark.parametrize("article", ARTICLES[-3:], ids=lambda article: article.title)
def test_an_article_is_what_the_document_says(
    toy: ToyApi, document: dict[str, Any], article: Article
) -> None:
    """Whose ids schemathesis does not know."""
    path = quote(article.id, safe="")  # one that holds ../ is no path to a client
    given = httpx.get(f"{toy.url}/api/v1/articles/{path}", timeout=30)
    schema = schemathesis.openapi.from_dict(document)
    assert given.status_code == 200
    schema["/api/v1/articles/{article_id}"]["get"].validate_response(given)
