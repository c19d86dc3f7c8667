"""Every text that a person reads, in Vietnamese and in English: two catalogues of the same keys.

`vi/SECTION.toml` and `en/SECTION.toml` hold flat `key = "text with {names}"`; a key is `SECTION.key`. A section is
read when a text of it is first asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogue of one language; called with a key it returns the text with its names filled in."""

    lang: Language

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of `key`; raises KeyError for a key or a name that the catalogue lacks."""
        section, _, name = key.partition(".")
        written = {name: self._written(value) for name, value in values.items()}
        return _section(self.lang, section)[name].format(**written)

    def __contains__(self, key: str) -> bool:
        """Tell whether the catalogue has a text of that key, whose section must exist."""
        section, _, name = key.partition(".")
        return name in _section(self.lang, section)

    def _written(self, value: object) -> object:
        if isinstance(value, Message):
            return value.text(self.lang)
        return _Vietnamese(value) if self.lang == "vi" and isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, or part of one, in no language yet: its key and what fills its names, messages among them."""

    key: str
    arguments: Mapping[str, object]

    def text(self, lang: Language = "vi") -> str:
        """Return it in the language asked for."""
        return texts(lang)(self.key, **self.arguments)

    @property
    def both(self) -> str:
        """The Vietnamese text, and the English one in the next line."""
        return f"{self.text('vi')}\n{self.text('en')}"


def message(key: str, /, **arguments: object) -> Message:
    """Return the message of that key; the catalogues are not read yet."""
    return Message(key, arguments)


class _Vietnamese(float):
    """A number as Vietnamese writes it: 1.234,5."""

    def __format__(self, spec: str) -> str:
        return float.__format__(self, spec).translate(_SIGNS)


_SIGNS = str.maketrans(",.", ".,")


@cache
def texts(lang: Language) -> Texts:
    """Return the catalogue of a language."""
    return Texts(lang)


@cache
def _section(lang: Language, name: str) -> dict[str, str]:
    import tomllib  # a command that says nothing needs no parser

    try:
        return tomllib.loads((_FOLDER / lang / f"{name}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KeyError(name) from None


def language_of(wanted: str | None) -> Language:
    """Return the language named, Vietnamese where none or an unknown one is."""
    return "en" if wanted == "en" else "vi"
