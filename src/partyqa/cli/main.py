"""The command line: verbs, and the one place where an error becomes a sentence and an exit code.

Heavy imports stand inside the verbs, so that `partyqa --help` answers at once. Data goes to standard output,
everything else to standard error.
"""

import os
import re
import sys
import traceback
from io import TextIOWrapper
from typing import Annotated

import typer

from partyqa.cli import feedback, keys, users
from partyqa.cli.ask import ask, search
from partyqa.cli.evaluate import evaluate
from partyqa.cli.index import index
from partyqa.cli.mcp import mcp
from partyqa.cli.options import language, without_language
from partyqa.cli.serve import serve
from partyqa.cli.verify import verify
from partyqa.errors import PartyQAError
from partyqa.i18n import Language, texts
from partyqa.version import __version__

_VIETNAMESE = (
    (r"No such command '(.*)'\.", "không có lệnh {0}"),
    (r"No such option: (\S+).*", "không có tùy chọn {0}"),
    (r"Missing (?:argument|option|parameter) '(.*)'\.", "thiếu {0}"),
    (r"Got unexpected extra arguments?\S* \((.*)\)", "thừa “{0}”, câu hỏi cần nằm trong dấu ngoặc kép"),
    (r"Invalid value for '(.*?)'(?: \(env var: .*?\))?:.*", "giá trị của {0} không hợp lệ"),
    (r"Option '(.*)' requires an argument\.", "sau {0} cần một giá trị"),
)

app = typer.Typer(
    name="partyqa",
    help="Hỏi đáp tiếng Việt trên kho bài viết, trả lời bằng câu trích nguyên văn. "
    "(Vietnamese questions answered with quoted sentences.)",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Thêm --lang en vào lệnh bất kỳ để đọc thông báo bằng tiếng Anh. (--lang en: messages in English.)",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"partyqa {__version__}")
        raise typer.Exit


for verb in (index, ask, search, evaluate, serve, verify, mcp):
    app.command()(verb)
for name, verbs in (("users", users.app), ("keys", keys.app), ("feedback", feedback.app)):
    app.add_typer(verbs, name=name)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="In phiên bản. (Version.)")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; every PartyQAError ends as one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # JSON is UTF-8 everywhere, half a surrogate pair an escape
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        arguments = without_language(sys.argv[1:])
        code = app(args=arguments, prog_name="partyqa", standalone_mode=False)
    except PartyQAError as error:
        sys.exit(_fail(error.message(language()), error.exit_code))
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(_fail(texts(language())("cli.stopped"), 130))
    except BrokenPipeError:  # the reader of a pipe went away: nobody is left to read
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except _USAGE_ERRORS as error:
        fault = error.format_message() if hasattr(error, "format_message") else str(error)
        # No word at all: help was shown.
        sys.exit(_fail(usage_sentence(fault, language()), 2) if fault else 2)
    except Exception as error:
        if os.environ.get("PARTYQA_DEBUG"):
            traceback.print_exc()
        sentence = texts(language())("cli.unexpected", kind=type(error).__name__, error=error)
        sys.exit(_fail(sentence, 2))
    sys.exit(code if isinstance(code, int) else 0)


# Typer carries its own copy of click, which it does not export: ClickException is BadParameter's grandparent.
_USAGE_ERRORS: tuple[type[BaseException], ...] = (typer.BadParameter.__mro__[2],)


def _fail(sentence: str, code: int) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)  # noqa: T201 - the CLI is where one may print
    return code


def usage_sentence(fault: str, lang: Language) -> str:
    """Return the parser's complaint, which is English, as a sentence with what to type next.

    "No such option: --jsn" -> "Lệnh chưa đúng: không có tùy chọn --jsn; xem cách dùng: partyqa --help"
    """
    if lang == "vi":
        for pattern, sentence in _VIETNAMESE:
            if match := re.fullmatch(pattern, fault, re.DOTALL):
                fault = sentence.format(*match.groups())
                break
    return texts(lang)("cli.usage", fault=fault.rstrip("."))
