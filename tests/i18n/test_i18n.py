"""The two catalogues: the same keys, the same names to fill in, and every key that the code asks for."""

import re
import string
from pathlib import Path

import pytest

from partyqa.i18n import LANGUAGES, language_of, texts

SOURCE = Path(__file__).resolve().parents[2] / "src" / "partyqa"
ASKED = re.compile(r"""\bt\(\s*["']([a-z]+\.[a-z_]*[a-z])["']""")


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_neither_catalogue_lacks_a_key_of_the_other() -> None:
    vi, en = (texts(lang).entries for lang in LANGUAGES)
    assert set(vi) == set(en)
    assert len(vi) > 100


@pytest.mark.parametrize("key", sorted(texts("vi").entries))
def test_both_say_something_with_the_same_names(key: str) -> None:
    vi, en = (texts(lang).entries[key] for lang in LANGUAGES)
    assert vi.strip()
    assert en.strip()
    assert names(vi) == names(en)


def test_every_key_that_is_asked_for_is_there() -> None:
    files = [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]
    asked = {key for path in files for key in ASKED.findall(path.read_text("utf-8"))} - {"section.key"}
    assert len(asked) > 80
    assert asked - set(texts("vi").entries) == set()


def test_an_unknown_language_is_vietnamese() -> None:
    assert [language_of(name) for name in ("en", "vi", None, "", "fr", "EN")] == [
        "en",
        "vi",
        "vi",
        "vi",
        "vi",
        "vi",
    ]


def test_a_key_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts("vi")("chat.nothing_of_the_kind")
