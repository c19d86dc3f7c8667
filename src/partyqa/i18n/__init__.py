"""Every text that a person reads on a page, in Vietnamese and in English: two catalogues of the same keys.

`vi/SECTION.toml` and `en/SECTION.toml` hold flat `key = "text with {names}"`; a key is `SECTION.key`.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")


class Texts:
    """The catalogue of one language; called with a key it returns the text with its names filled in."""

    def __init__(self, lang: Language, entries: dict[str, str]) -> None:
        self.lang, self.entries = lang, entries

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of `key`; raises KeyError for a key or a name that the catalogue lacks."""
        return self.entries[key].format(**values)


@cache
def texts(lang: Language) -> Texts:
    """Return the catalogue of a language, read once; sources: catalogue/LANG/*.toml."""
    entries: dict[str, str] = {}
    for section in files(__name__).joinpath(lang).iterdir():
        if section.name.endswith(".toml"):
            name = section.name.removesuffix(".toml")
            read = tomllib.loads(section.read_text(encoding="utf-8"))
            entries |= {f"{name}.{key}": text for key, text in read.items()}
    return Texts(lang, entries)


def language_of(wanted: str | None) -> Language:
    """Return the language named, Vietnamese where none or an unknown one is."""
    return "en" if wanted == "en" else "vi"
