"""The places, people and years that a text names: where a question and a sentence can contradict."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from partyqa.text.documents import DOCUMENT, LAW
from partyqa.text.lexicon import any_of, folded, marked, phrases, records, written
from partyqa.text.names import folded as looked_up
from partyqa.text.names import name_key, without_capitals
from partyqa.text.normalise import fold, leading_capitals, lowered
from partyqa.text.numbers import YEAR, YEARS, in_digits, roman, spelt_out
from partyqa.text.places import FLAT_OPENING, OPENING, Mention
from partyqa.types import AnswerType

_WORD = re.compile(r"[^\W\d_]+")
_PART_OF_SIGN = re.compile(r"[-/\d][^\W\d_](?![^\W\d_])|.?[^\W\d_]+\d")
_YEAR = re.compile(rf"\b{YEAR}\b")
PERIOD = re.compile(rf"{YEAR} ?(?:[-–]|đến|tới) ?(?:năm )?{YEAR}")
_PHRASES = "agreement.tsv"
EVENT = re.compile(rf"\b{any_of(_PHRASES, 'event')}\b")
NOW = re.compile(rf"\b{any_of(_PHRASES, 'now')}\b(?! {any_of(_PHRASES, 'not-now')})")
BEGINNINGS = re.compile(
    rf"\b{any_of(_PHRASES, 'when')}(?: moi)? {any_of(_PHRASES, 'founding', 'parting')}"
    rf"|\bmoi {any_of(_PHRASES, 'founding')}\b"
)
_UNITS = marked("units.tsv", without="loose")
_UNIT = re.compile(rf"\b({written(_UNITS)})(?: [uủ][ỷy])?(?=((?: [^\W\d_]+){{1,4}}))", re.IGNORECASE)
_SECOND_WORDS = frozenset({"uy", *(fold(word) for unit in _UNITS for word in unit.split()[1:])})
_OFFICE = re.compile(rf"\b(pho )?({folded(marked('offices.tsv', 'head'))})\b(?! ho chi minh)")
_ROW = {"đầu": 1, "nhất": 1, **{line["word"]: int(line["value"]) for line in records("numerals.tsv")}}
_IN_A_ROW = written(phrases(_PHRASES)["ordinal"])
_NUMBER = r"\d{1,2}\b(?![./-]\d| ?%)|[ivx]+\b"
_ORDINAL = re.compile(
    rf"\b({_IN_A_ROW})(?:(?: thứ)? ({_NUMBER})((?:(?:,| và) (?:{_NUMBER}))*)|(?: thi)? (nhất|hai|ba|tư|đầu)\b"
    rf"| thứ ({written(_ROW)}(?: {written(_ROW)}){{0,2}})\b)"
)
_FLAT_ORDINAL = re.compile(fold(_ORDINAL.pattern))
_FLAT_ROW = {fold(word): value for word, value in reversed(_ROW.items())} | _ROW
_GENERIC = frozenset(map(fold, marked("capitals.tsv", "pair")))
_ORGANS = frozenset(map(name_key, marked("capitals.tsv", "organ")))
_UNNAMED = frozenset(marked("capitals.tsv", "before"))
_CLEAR = _UNNAMED | OPENING
_FLAT_CLEAR = frozenset(map(fold, _UNNAMED)) | FLAT_OPENING


def years(text: str) -> frozenset[int]:
    """Return the years that `text` names: "nhiệm kỳ 2015-2020" -> 2015, 2020."""
    return frozenset(int(year) for year in _YEAR.findall(text))


def periods(text: str) -> tuple[frozenset[int], ...]:
    """Return the first and the last year of each period that `text` names: "2015-2020" -> {2015, 2020}."""
    return tuple(map(years, PERIOD.findall(text)))


def names(text: str) -> tuple[str, ...]:
    """Return the keys of the names of places and people in NFC `text`, in order: two capital words or more, and
    those that need none.

    "Bí thư Huyện ủy Mường Ảng là ai?" -> ("muong ang",)
    """
    keys = looked_up(text)
    found: dict[str, None] = {}
    run: list[str] = []
    clear = _FLAT_CLEAR if text.isascii() else _CLEAR
    end = -1
    for match in _WORD.finditer(text):
        word = match.group()
        joined = text[end : match.start()] == " " if run else True
        if not joined:
            _keep(found, run)
            run = []
        if _PART_OF_SIGN.match(text, max(0, match.start() - 1)):  # the "S" of "Tornado-S", the "C" of "C240"
            _keep(found, run)
            run = []
        elif word[0].isupper() and not (len(word) > 1 and word.isupper()):
            if run or word.lower() not in clear:
                run.append(keys[slice(*match.span())])
        else:
            _keep(found, run[1:] if len(run) == 2 and run[0] in _ORGANS else run)  # "Sở Giáo" dục
            run = []
        end = match.end()
    _keep(found, run)
    shown = "".join(f" {name} ;" for name in found)
    return (*found, *(name for name in without_capitals(text) if f" {name} " not in shown))


def all_names(capitals: Iterable[str], places: Sequence[Mention]) -> tuple[str, ...]:
    """Return the keys of the `names` of a text, cut at the places that follow each other, and its places written small.

    "Huyện ủy Mường Ảng Trương Quang Hải" -> ("muong ang", "truong quang hai")
    """
    keys = [mention.key for mention in places]
    found = dict.fromkeys(part for name in capitals for part in _cut(name, keys))
    return without_parts((*found, *keys), keys)


def without_parts(found: Iterable[str], kept: Collection[str]) -> tuple[str, ...]:
    """Return each name once, but for those within a longer one that are not in `kept`: "dien bien" in
    "dien bien dong".
    """
    distinct = dict.fromkeys(found)
    return tuple(
        name
        for name in distinct
        if name in kept or not any(name != other and f" {name} " in f" {other} " for other in distinct)
    )


def _cut(name: str, places: Collection[str]) -> list[str]:
    """Cut a run of capital words after the place it begins with, unless one word alone would be left."""
    for place in places:
        rest = name.removeprefix(place + " ")
        if rest != name and " " in rest:
            return [place, *_cut(rest, places)]
    return [name]


def all_units(capitals: Mapping[str, frozenset[str]], places: Sequence[Mention]) -> dict[str, frozenset[str]]:
    """Return the `units` of a text, those of its places written small as well."""
    found = dict(capitals)
    for mention in places:
        if mention.unit_word:
            found[mention.key] = found.get(mention.key, frozenset()) | {fold(mention.unit_word)}
    return found


def units(text: str) -> dict[str, frozenset[str]]:
    """Return for each place named with its unit, by its key, the units it is named with, accent-free.

    "Đảng bộ Thị trấn Mường Lát, huyện Mường Lát" -> {"muong lat": {"thi tran", "huyen"}}
    """
    found: dict[str, frozenset[str]] = {}
    for match in _UNIT.finditer(text):
        name = leading_capitals(match.group(2))
        if name:
            place = name_key(name)
            found[place] = found.get(place, frozenset()) | {fold(match.group(1))}
    return found


def offices(flat: str) -> dict[str, frozenset[str]]:
    """Return each office that an accent-free text names with its ranks: "" for the head, "pho" for a deputy.

    "Phó Bí thư Thường trực" -> {"bi thu": {"pho"}}; "Chủ tịch Hồ Chí Minh" is no office
    """
    found: dict[str, frozenset[str]] = {}
    for match in _OFFICE.finditer(flat):
        office = match.group(2)
        found[office] = found.get(office, frozenset()) | {"pho" if match.group(1) else ""}
    return found


def ordinals(text: str) -> dict[str, frozenset[str]]:
    """Return what NFC `text` numbers in a row, accent-free, with its numbers in digits.

    "Đợt 1 và đợt 2" -> {"dot": {"1", "2"}}; "lần thứ năm" -> {"lan": {"5"}}; "khóa XI, XII" -> {"khoa": {"11", "12"}}
    """
    found: dict[str, frozenset[str]] = {}
    lower = lowered(text)
    for match in (_FLAT_ORDINAL if text.isascii() else _ORDINAL).finditer(lower):
        numbers = [_in_row(text, *match.span(group)) for group in (2, 4, 5) if match[group]]
        numbers += [
            _in_row(text, match.start(3) + one.start(), match.start(3) + one.end())
            for one in re.finditer(r"\d+|[ivx]+\b", match[3] or "")
        ]
        noun = fold(match[1])
        if known := {str(number) for number in numbers if number}:
            found[noun] = found.get(noun, frozenset()) | known
    return found


def _in_row(text: str, start: int, end: int) -> int:
    """The number that `text[start:end]` says in digits, in Roman numerals or in words; 0 for none."""
    words = lowered(text[start:end])
    if words.isdecimal():
        return int(words)
    if re.fullmatch("[ivx]+", words):
        return roman(text, start, end)
    if words in _FLAT_ROW:
        return _FLAT_ROW[words]
    keys = [int(key) for key, first, _ in spelt_out(words) if first == 0 and key.isdecimal()]
    return keys[0] if keys else _FLAT_ROW.get(words.split()[0], 0)


def _keep(found: dict[str, None], run: list[str]) -> None:
    if len(run) >= 2 and not (len(run) == 2 and set(run) <= _GENERIC):
        found[name_key(" ".join(run))] = None


Span = tuple[int, int]

_DAY = (
    r"(?:\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}[/-]\d{1,2}(?:[/-]\d{4})?|(?:(?<=ngày )|(?<=mùng )|(?<=mồng ))"
    r"\d{1,2} tháng \d{1,2}(?:/\d{4})?|\d{1,2} tháng \d{1,2}(?:/\d{4}|(?= năm \d{4})))"
)


_SPANS: dict[AnswerType, re.Pattern[str]] = {
    AnswerType.NUMBER: re.compile(
        r"(?:\b(?:trên|hơn|gần|khoảng|dưới) )?(?<![\d/.,-])(?:\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,]\d+)*)"
        r"(?:/\d+(?:[.,]\d+)*)?(?: ?%)?(?![\d/-])",
        re.IGNORECASE,
    ),
    AnswerType.DATE: re.compile(
        rf"(?:(?:sáng|chiều|tối|ngày|mùng|mồng|từ|đến) )*{_DAY}(?![\d%/])"
        rf"(?: (?:đến|tới) (?:ngày )?{_DAY})?(?: năm \d{{4}})?"
        rf"|(?:(?:từ|đến|cuối|đầu|tính đến) )*(?:tháng \d{{1,2}}(?:/| năm )\d{{4}}|năm {YEARS})"
        rf"|(?:giai đoạn|nhiệm kỳ) {YEARS}|\b{YEARS}\b",
        re.IGNORECASE,
    ),
    AnswerType.PERSON: re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,3}"),
    AnswerType.PLACE: re.compile(
        rf"\b{written(_UNITS)}(?: [uủ][ỷy])?(?=((?: [^\W\d_]+){{1,5}}))",
        re.IGNORECASE,
    ),
    AnswerType.DOCUMENT: re.compile(f"{DOCUMENT}|{LAW}", re.IGNORECASE),
    AnswerType.OFFICE: re.compile(
        rf"\b(?:nguyên |quyền )?(?:phó )?{written(marked('offices.tsv', 'head', 'member'))}(?: (?:[^\W\d_]+)){{0,6}}",
        re.IGNORECASE,
    ),
    AnswerType.REASON: re.compile(
        r"\b(?:vì|do|nhằm|để|bởi|nhờ|nguyên nhân|góp phần|bằng|thông qua)\b", re.IGNORECASE
    ),
    AnswerType.LIST: re.compile(r"[,;]"),
}


_ONE_YEAR = re.compile(rf"{YEAR}$")
_NO_NAMES = frozenset((*marked("capitals.tsv", "person"), *marked("titles.tsv", "named")))
_SURNAMES = frozenset(marked("surnames.tsv"))
_LEAST_OF_BODY = 3  # words
_TITLE = re.compile(
    rf"(?:{written(marked('titles.tsv', 'named'))}|{written(marked('offices.tsv', 'head'))}|ảnh|bài)[^.;]{{0,60}}$",
    re.IGNORECASE,
)


def answer_spans(kind: AnswerType, text: str) -> list[Span]:
    """Return the spans of `text` that are of that type, in order."""
    pattern = _SPANS.get(kind)
    if pattern is None:
        return []
    read = in_digits(text) if kind is AnswerType.NUMBER else text
    spans = [match.span() for match in pattern.finditer(read)]
    if kind is AnswerType.PERSON:
        return [name for span in _runs_of_capitals(text) for name in _person(text, span)]
    if kind is AnswerType.PLACE:
        units = pattern.finditer(text)
        return [cut for unit in units if (cut := _capitals_only(text, (unit.start(), unit.end(1))))]
    if kind is AnswerType.NUMBER:
        return [span for span in spans if not is_year(text, span)]
    return spans


def is_year(text: str, span: Span) -> bool:
    """Whether the number is a year, by the words before it: "năm 2020", "2015-2020"."""
    number = text[slice(*span)].rsplit(" ", 1)[-1]
    return bool(_ONE_YEAR.match(number)) and fold(text[max(0, span[0] - 14) : span[0]]).rstrip().endswith(
        ("nam", "tu", "den", "doan", "ky", "-", "–", "cuoi", "va", "/", "toi")
    )


def _runs_of_capitals(text: str) -> list[Span]:
    spans: list[Span] = []
    for match in re.finditer(r"[^\W\d_]+", text):
        if not match.group()[0].isupper() or (match.group().isupper() and len(match.group()) > 1):
            continue
        if spans and text[spans[-1][1] : match.start()] == " ":
            spans[-1] = (spans[-1][0], match.end())
        else:
            spans.append(match.span())
    return spans


def _person(text: str, span: Span) -> list[Span]:
    words = text[slice(*span)].split()
    while words and words[0].lower() in _NO_NAMES and not _is_surname(words):
        span = (span[0] + len(words[0]) + 1, span[1])
        words = words[1:]
    named = 2 <= len(words) <= 7 and (_TITLE.search(text[: span[0]]) or len(words) >= 3)
    return [span] if named else []


def _is_surname(words: Sequence[str]) -> bool:
    """Whether the first word is a surname, not a body's: "Đoàn Minh Huấn", not the "Đoàn" of "Đoàn Thanh niên"."""
    return words[0].lower() in _SURNAMES and len(words) >= _LEAST_OF_BODY


def _capitals_only(text: str, span: Span) -> Span | None:
    """Cut the place after its last word with a capital letter: "xã Mường Đăng vẫn còn" -> "xã Mường Đăng"."""
    end = 0
    for number, word in enumerate(re.finditer(r"\S+", text[slice(*span)])):
        if number and not word.group()[0].isupper():
            if end or fold(word.group()) not in _SECOND_WORDS:
                break
        elif number:
            end = word.end()
    return (span[0], span[0] + end) if end else None
