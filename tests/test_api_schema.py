"""The OpenAPI document: schemathesis holds the running API to it, with every check it has."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from toy_api import ToyApi, toy_api

EXAMPLES = 25  # of each operation, besides those of its examples and of its limits

CONFIG = {
    "generation": {"deterministic": True, "max-examples": EXAMPLES, "database": "none"},
    "operations": [
        {
            # Which message is the question, and that it holds a word, JSON Schema cannot say.
            "include-name": "POST /v1/chat/completions",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400"]}},
        }
    ],
}
"""The same requests in every run."""

schemathesis.openapi.format(
    "question", st.text(st.characters(codec="utf-8"), max_size=50).map(lambda text: f"{text} đảng viên")
)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyApi]:
    with toy_api(tmp_path_factory.mktemp("schema")) as running:
        yield running


@pytest.fixture(scope="module")
def api_schema(toy: ToyApi) -> Any:
    return schemathesis.openapi.from_url(
        f"{toy.url}/api/v1/openapi.json", config=SchemathesisConfig.from_dict(CONFIG)
    )


schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
def test_the_api_is_what_its_document_says(case: schemathesis.Case) -> None:
    case.call_and_validate()
