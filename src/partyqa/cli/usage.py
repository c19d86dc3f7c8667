"""The language of a command line's messages, and what is wrong with it in one sentence of that language."""

import os
import re
import sys

from partyqa.errors import Language, PartyQAError

_VIETNAMESE = (
    (r"No such command '(.*)'\.", "không có lệnh {0}"),
    (r"No such option: (\S+).*", "không có tùy chọn {0}"),
    (r"Missing (?:argument|option|parameter) '(.*)'\.", "thiếu {0}"),
    (r"Got unexpected extra arguments?\S* \((.*)\)", "thừa “{0}”, câu hỏi cần nằm trong dấu ngoặc kép"),
    (r"Invalid value for '(.*?)'(?: \(env var: .*?\))?:.*", "giá trị của {0} không hợp lệ"),
    (r"Option '(.*)' requires an argument\.", "sau {0} cần một giá trị"),
)


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
                raise PartyQAError(
                    vi=f"--lang nhận vi hoặc en, không nhận {value!r}.",
                    en=f"--lang takes vi or en, not {value!r}.",
                )
            os.environ["PARTYQA_LANG"] = value
        else:
            rest.append(word)
    return rest


def say(vi: str, en: str) -> None:
    """Tell on standard error what was done, in the language of messages."""
    print(en if language() == "en" else vi, file=sys.stderr)  # noqa: T201


def usage_sentence(said: str, lang: Language) -> str:
    """Return the parser's complaint, which is English, as a sentence with what to type next.

    "No such option: --jsn" -> "Lệnh chưa đúng: không có tùy chọn --jsn; xem cách dùng: partyqa --help"
    """
    if lang == "en":
        return f"{said.rstrip('.')}; see: partyqa --help"
    for pattern, sentence in _VIETNAMESE:
        if match := re.fullmatch(pattern, said, re.DOTALL):
            said = sentence.format(*match.groups())
            break
    return f"Lệnh chưa đúng: {said.rstrip('.')}; xem cách dùng: partyqa --help"
