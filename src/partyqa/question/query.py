"""What a question asks: the kind of answer it wants, and the words that must be found."""

import re
from dataclasses import dataclass

from partyqa.errors import QuestionError
from partyqa.text.normalise import fold, lowered, normalise
from partyqa.text.tokens import expanded, tokens
from partyqa.types import AnswerType

MAX_QUESTION = 2000  # code points


# Searched for in this order in the lower-case question; the words found are no search terms. In a question
# without accents the same patterns are searched for without theirs.
_PATTERNS: tuple[tuple[AnswerType, str], ...] = (
    (
        AnswerType.DOCUMENT,
        r"(?:văn bản|chỉ thị|nghị quyết|kết luận|quy định|quyết định|kế hoạch) (?:nào|gì|số mấy|số bao nhiêu)"
        r"|số hiệu (?:nào|gì|bao nhiêu)",
    ),
    (
        AnswerType.OFFICE,
        r"(?:giữ |làm |đảm nhiệm |là )?(?:chức vụ|chức danh|chức|cương vị) (?:gì|nào)|(?:giữ|làm) chức(?: vụ)?$",
    ),
    (
        AnswerType.DATE,
        r"khi nào|bao giờ|lúc nào|hồi nào"
        r"|(?:vào |từ )?(?<!mỗi )(?<!hằng )(?<!hàng )(?<!một )(?:ngày|tháng|năm|hôm|thời gian|thời điểm)(?: tháng)?"
        r"(?: năm)? (?:nào(?! [\w ]{0,30}\bcũng)|mấy|bao nhiêu)",
    ),
    (
        AnswerType.NUMBER,
        r"(?:là |có |được |đạt |khoảng |chừng |tất cả |cả thảy |tổng (?:số|cộng) )*"
        r"(?:bao nhiêu|mấy(?! [\w ]{2,30} (?:nào|gì)\b))(?: phần trăm| ?%)?"
        r"|(?:^|so sánh )(?:tổng )?số (?!hiệu|liệu|phận|báo|ra|sánh|với|giúp|xem)|số lượng|tỷ lệ|tỉ lệ|phần trăm",
    ),
    (
        AnswerType.PERSON,
        r"(?:là |do |bởi )?ai|(?:đồng chí|người|ông|bà|vị|tác giả|nhà báo) nào",
    ),
    (
        AnswerType.PLACE,
        r"(?:ở |tại )?(?:(?<!nhờ )(?<!vào )đâu|nơi nào|chỗ nào)"
        r"|(?:ở |tại )?(?:địa phương|địa bàn|huyện|tỉnh|xã|thị trấn|bản|thôn|đảng bộ|đơn vị)"
        r"(?: (?:huyện|tỉnh|xã|thị trấn))? nào",
    ),
    (
        AnswerType.REASON,
        r"(?:vì|tại|do) (?:sao|đâu)|nguyên nhân(?: (?:nào|gì))?|lý do|lí do|để làm gì|nhằm (?:mục đích )?gì"
        r"|^sao|sao lại|nhờ đâu|(?:dựa|căn cứ) vào đâu|mục đích gì",
    ),
    (AnswerType.MANNER, r"làm (?:thế nào|sao)|bằng cách nào|(?:như )?thế nào|ra sao|kiểu gì|thì sao"),
    (
        AnswerType.LIST,
        r"(?:gồm |bao gồm |có )?những (?:gì|ai|đâu)|những (?=[\w ]{2,40}? (?:gì|nào)\b)"
        r"|các (?=[\w ]{2,40}? nào\b)|mấy (?=[\w ]{2,30} (?:nào|gì)\b)|liệt kê|kể tên|kể ra"
        r"|nêu (?:các|những)|gồm(?: có)? gì",
    ),
    (AnswerType.OTHER, r"là gì|gì|nào|tên (?:là )?gì|hay không|có phải|phải không|đúng không"),
)
_POLITE = (
    r"cho (?:(?:tôi|em|mình)(?: hỏi| biết)?|hỏi|biết)|xin hỏi|vui lòng|làm ơn"
    r"|tôi (?:muốn|cần)(?: biết| hỏi)?|bạn ơi|ad ơi|được không|không ạ|thưa"
)
_POLITE_ACCENTED = r"|ạ|nhé|nhỉ|vậy|thì|là|ơi|với|à|hả"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


_KINDS = tuple(
    (kind, _compiled(pattern))
    for kind, pattern in (*_PATTERNS, (AnswerType.OTHER, _POLITE + _POLITE_ACCENTED))
)
_FLAT_KINDS = tuple(
    (kind, _compiled(fold(pattern))) for kind, pattern in (*_PATTERNS, (AnswerType.OTHER, _POLITE))
)
_ACCENTED = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood.

    `text` is NFC; `terms` are the lexical tokens that matter, question words left out; `focus` are the
    accent-free words after "bao nhiêu", the thing that is counted ("dang vien"), or ""; `cased` says
    that its names can be told by their capital letters, `compares` that it sets two things side by side;
    `content` counts the syllables and numbers left without the question words.
    """

    text: str
    kind: AnswerType
    terms: tuple[str, ...]
    focus: str
    cased: bool
    compares: bool
    content: int


def understand(question: str) -> Query:
    """Return the Query of a question typed by a person.

    Raises QuestionError when it is empty, longer than MAX_QUESTION, or holds no letter and no digit.
    """
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            vi=f"Câu hỏi dài {len(question)} ký tự, tối đa là {MAX_QUESTION}; hãy rút gọn rồi hỏi lại.",
            en=f"The question has {len(question)} characters, at most {MAX_QUESTION} are taken; shorten it.",
        )
    text = " ".join(normalise(question).split())
    if not text:
        raise QuestionError(
            vi="Câu hỏi đang trống; hãy gõ một câu hỏi, ví dụ: Ai là Bí thư Huyện ủy Mường Ảng?",
            en="The question is empty; type one, for example: Ai là Bí thư Huyện ủy Mường Ảng?",
        )
    if not any(char.isalnum() for char in text):
        raise QuestionError(
            vi="Câu hỏi không có chữ hay số nào; hãy viết câu hỏi bằng chữ.",
            en="The question holds no letter and no digit; put it in words.",
        )
    accented = bool(_ACCENTED.search(text))
    searched = lowered(text).replace("bao nhieu", "bao nhiêu") if accented else fold(text)
    kind, focus, rest = AnswerType.OTHER, "", list(text)
    for candidate, pattern in _KINDS if accented else _FLAT_KINDS:
        for match in pattern.finditer(searched):
            if _in_name(text, match):
                continue
            if kind is AnswerType.OTHER:
                kind = candidate
                if kind is AnswerType.NUMBER:
                    focus = _counted(text[match.end() :])
            rest[match.start() : match.end()] = " " * (match.end() - match.start())
    kind, focus = _more_of(text, kind, focus)
    remaining = "".join(rest)
    content = sum(1 for token in set(tokens(remaining)) if "_" not in token and token[0] != "~")
    found = tokens(remaining if content else text)
    if not accented:
        found = [token for token in found if token[0] == "~" or token[0].isdigit()]
    return Query(text, kind, tuple(dict.fromkeys(found)), focus, _cased(text), _compares(text), content)


_COMPARING = re.compile(
    r"\b(?:so (?:với|sánh|giúp|xem)|hơn|hay|khác nhau|giống nhau|bên nào|nơi nào|đâu là|còn|với|và ở|lẫn|cùng)\b|^so\b"
)
_MORE = re.compile(r"\b(?:nhiều|ít|đông) ((?:\w+ ){1,3}?\w+)(?: \w+){0,2} hơn\b")
_FLAT_MORE = re.compile(fold(_MORE.pattern))
_FLAT_COMPARING = re.compile(fold(_COMPARING.pattern))


def _counted(text: str) -> str:
    """The first accent-free words of what is counted, an abbreviation written out: "TCCSĐ nào" -> "to chuc co"."""
    words = re.findall(r"\w+", text)[:3]
    if words and (full := expanded(words[0])):
        words = [*full.split(), *words[1:]][:3]
    return fold(" ".join(words))


def _more_of(text: str, kind: AnswerType, focus: str) -> tuple[AnswerType, str]:
    """Of "nơi nào nhiều đảng viên hơn" figures are wanted, though it asks where."""
    more = _MORE.search(lowered(text)) if _ACCENTED.search(text) else _FLAT_MORE.search(fold(text))
    return (
        (AnswerType.NUMBER, fold(more.group(1)))
        if more and kind in (AnswerType.OTHER, AnswerType.PLACE)
        else (kind, focus)
    )


def _compares(text: str) -> bool:
    lower = lowered(text)
    return bool((_COMPARING if _ACCENTED.search(text) else _FLAT_COMPARING).search(lower))


def _cased(text: str) -> bool:
    return not text.isupper() and any(char.isupper() for char in text[1:])


def _in_name(text: str, match: re.Match[str]) -> bool:
    """Whether the words found are part of a name, as Nhé is of Mường Nhé: capital inside a question."""
    return match.start() > 0 and text[match.start()].isupper() and not text.isupper()
