"""Options and messages of the command line that several verbs share."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from partyqa.errors import PartyQAError
from partyqa.i18n import Language, texts

CORPUS, INDEX = Path("corpus"), Path("index")

IndexOption = Annotated[Path, typer.Option("--index", help="Thư mục chỉ mục. (The index folder.)")]
JsonOption = Annotated[bool, typer.Option("--json", help="In JSON. (Print JSON.)")]
EncoderOption = Annotated[
    str | None,
    typer.Option(help="Mô hình sentence-transformers khác, theo tên hay đường dẫn. (Another model.)"),
]
ReaderOption = Annotated[
    str | None,
    typer.Option(
        help="Thư mục của một mô hình đọc; none: không dùng. (The folder of a reading model, or none.)"
    ),
]


def language() -> Language:
    """Return the language of messages: Vietnamese unless --lang or PARTYQA_LANG says en."""
    return "en" if os.environ.get("PARTYQA_LANG") == "en" else "vi"


def without_language(arguments: list[str]) -> list[str]:
    """Take `--lang vi|en` out from wherever it stands; the choice goes to PARTYQA_LANG.

    Raises PartyQAError for any other language.
    """
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            return [*rest, word, *words]
        if word == "--lang" or word.startswith("--lang="):
            value = word.partition("=")[2] or next(words, "")
            if value not in ("vi", "en"):
                raise PartyQAError("cli.unknown_language", value=value)
            os.environ["PARTYQA_LANG"] = value
        else:
            rest.append(word)
    return rest


def say(key: str, /, **arguments: object) -> None:
    """Report on standard error what was done, in the language of messages."""
    print(texts(language())(key, **arguments), file=sys.stderr, flush=True)  # noqa: T201


def print_json(value: Any) -> None:
    """Print data as one line of JSON on standard output."""
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201
