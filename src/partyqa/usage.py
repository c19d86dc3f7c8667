"""What is wrong with a command line, in one sentence; the parser itself speaks English only."""

import re

from partyqa.errors import Language

_VIETNAMESE = (
    (r"No such command '(.*)'\.", "không có lệnh {0}"),
    (r"No such option: (\S+).*", "không có tùy chọn {0}"),
    (r"Missing (?:argument|option|parameter) '(.*)'\.", "thiếu {0}"),
    (r"Got unexpected extra arguments?\S* \((.*)\)", "thừa “{0}”, câu hỏi cần nằm trong dấu ngoặc kép"),
    (r"Invalid value for '(.*?)':.*", "giá trị của {0} không hợp lệ"),
    (r"Option '(.*)' requires an argument\.", "sau {0} cần một giá trị"),
)


def usage_sentence(said: str, lang: Language) -> str:
    """Return the parser's complaint as a sentence with what to type next; what is unknown stays English.

    "No such option: --jsn" -> "Lệnh chưa đúng: không có tùy chọn --jsn; xem cách dùng: partyqa --help"
    """
    if lang == "en":
        return f"{said.rstrip('.')}; see: partyqa --help"
    for pattern, sentence in _VIETNAMESE:
        if match := re.fullmatch(pattern, said, re.DOTALL):
            said = sentence.format(*match.groups())
            break
    return f"Lệnh chưa đúng: {said.rstrip('.')}; xem cách dùng: partyqa --help"
