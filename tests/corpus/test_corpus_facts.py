"""The digests of corpus/ hold every fact of their seeds, invent no number, and copy no sentence."""

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from unicodedata import normalize

import frontmatter
import pytest

from partyqa.corpus.loading import read_corpus

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
FACTS = [
    json.loads(line) for line in (ROOT / "tests/data/facts.jsonl").read_text("utf-8").splitlines() if line
]
SEEDS = {row["article"]: row["seed"] for row in FACTS}
ARTICLES = sorted(SEEDS)
LEAST = {
    "muong-te-2020": 25,
    "lai-chau-2023": 25,
    "muong-te-2015": 25,
    "muong-ang-2017": 15,
    "muong-lat": 15,
}
FRONT_MATTER = {
    "title": str,
    "source": str,
    "url": str | None,
    "published": date | None,
    "author": str,
    "note": str,
}

# The first line below the article proper: comments, teasers of other articles and statistics boxes follow.
END_OF_ARTICLE = {
    "muong-ang-2017": "Bình luận",
    "lai-chau-2023": "Bình luận",
    "muong-te-2015": "Tổng số điểm của bài viết",
}
# Numbers above the article's end that are not the article's own. The day of publication is front matter.
FURNITURE = {
    "muong-ang-2017": {"08:59": "time of publication", "01/03/2017": "published", "4732": "view counter"},
    "lai-chau-2023": {
        "19/05/2024": "day the page was fetched",
        "10:37": "time the page was fetched",
        "7": "GMT+7",
        "30/12/2023": "published",
        "21:00": "time of publication",
    },
    "muong-te-2015": {
        "05/08/2015": "published",
        "23:55": "time of publication",
        "406": "view counter",
        "0": "comment counter",
    },
}

# Wordings that a digest must carry over to the letter, by the reason why. Longer ones are cut out first.
VERBATIM = {
    "titles of documents and study themes, with the number and issuer that stand before them": (
        "Đẩy mạnh học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
        "học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
        "tư tưởng, đạo đức, phong cách Hồ Chí Minh",
        "Nghị quyết Trung ương 4 khóa XII về xây dựng, chỉnh đốn Đảng",
        "Nghị quyết Trung ương 4 (khóa XI, khóa XII) về xây dựng, chỉnh đốn Đảng",
        "Nghị quyết Trung ương 4 (khóa XI, XII) về xây dựng, chỉnh đốn Đảng",
        "tăng cường xây dựng, chỉnh đốn Đảng; ngăn chặn, đẩy lùi sự suy thoái về tư tưởng chính trị, đạo "
        "đức, lối sống, những biểu hiện “tự diễn biến”, “tự chuyển hóa” trong nội bộ",
        "ngăn chặn, đẩy lùi sự suy thoái về tư tưởng chính trị",
        "Nghị quyết Đại hội Đảng bộ huyện lần thứ XX, nhiệm kỳ 2020 - 2025",
        "Kết luận số 01-KL/TW của Bộ Chính trị về tiếp tục thực hiện Chỉ",
        "Kết luận số 21-KL/TW của Ban Chấp hành Trung ương về đẩy mạnh thực hiện xây dựng, chỉnh đốn Đảng"
        " theo tinh thần Nghị quyết Trung ương 4 (khóa XI, XII)",
        "Nghị quyết số 28-NQ/TW về tiếp tục đổi mới phương thức lãnh đạo, cầm quyền của Đảng đối với hệ "
        "thống chính trị trong giai đoạn mới",
        "Trách nhiệm nêu gương của cán bộ, đảng viên, nhất là cán bộ lãnh đạo chủ chốt các cấp",
        "Chỉ thị 03-CT/TW của Bộ Chính trị về “Tiếp tục đẩy mạnh việc học tập và làm theo tấm gương đạo "
        "đức Hồ Chí Minh",
        "Chỉ thị 03 của Bộ Chính trị về “Tiếp tục đẩy mạnh học tập và làm theo tấm gương đạo đức Hồ Chí Minh",
        "Một số vấn đề cấp bách về xây dựng Đảng hiện nay",
        "Tiếp tục đẩy mạnh việc học tập và làm theo tấm gương đạo đức Hồ Chí Minh từ nay đến năm 2015",
        "Học tập và làm theo tấm gương đạo đức Hồ Chí Minh về suốt đời phấn đấu “cần, kiệm, liêm, chính, "
        "chí công vô tư”, làm người công bộc tận tụy, trung thành của Nhân dân, đời tư trong sáng, cuộc "
        "sống riêng giản dị",
        "Học tập và làm theo tấm gương đạo đức Hồ Chí Minh về phong cách quần chúng, dân chủ, nêu gương; "
        "nêu cao trách nhiệm gương mẫu của cán bộ, đảng viên, nhất là cán bộ lãnh đạo chủ chốt các cấp",
        "Nêu cao tinh thần trách nhiệm, chống chủ nghĩa cá nhân, nói đi đôi với làm",
        "Trung thực, trách nhiệm, gắn bó với nhân dân; đoàn kết xây dựng Đảng trong sạch vững mạnh",
        "Học tập và làm theo tấm gương đạo đức Hồ Chí Minh",
    ),
    "names of programmes": (
        "Nâng cao năng lực lãnh đạo và chất lượng hoạt động tổ chức cơ sở đảng giai đoạn 2015 - 2020",
    ),
    "slogans and sayings": (
        "dân chủ, gần dân, trọng dân, vì dân, nói đi đôi với làm",
        "Cái gốc của mọi công việc, công việc thành công hay thất bại do cán bộ tốt hay kém",
    ),
    "offices of one person": ("BTV), Trưởng ban Tuyên giáo Huyện ủy, Giám đốc Trung tâm Chính trị huyện",),
}
PHRASES = sorted((phrase for phrases in VERBATIM.values() for phrase in phrases), key=len, reverse=True)
LONGEST_RUN = 11

_NUMBER = re.compile(r"\d+(?:[.,/:-]\d+)*")
# A number with its separators is one token, whatever its digits.
_SYLLABLE = re.compile(rf"{_NUMBER.pattern}|\w+")
# The places where the seeds differ in nothing but how the tone is placed.
_SPELLINGS = (("uỷ", "ủy"), ("tuỵ", "tụy"), ("khoá", "khóa"))


def digest(article: str) -> str:
    """The article's text as the index will hold it: NFC, without front matter."""
    return next(one.text for one in read_corpus(CORPUS / f"{article}.md"))


def seed_text(seeds: Path, article: str) -> str:
    """The seed, NFC, up to the end of the article proper."""
    text = normalize("NFC", (seeds / f"{SEEDS[article]}.txt").read_text("utf-8"))
    if article in END_OF_ARTICLE:
        head, mark, _ = text.partition(f"\n{END_OF_ARTICLE[article]}")
        assert mark, f"{SEEDS[article]} no longer has the line {END_OF_ARTICLE[article]!r}"
        return head
    return text


def stands_in(literal: str, text: str) -> bool:
    """Whether the literal occurs as whole words and numbers: "5 xã" is not in "15 xã" nor in "2,5 xã"."""
    pattern = rf"(?<!\w)(?<!\d[.,/:-]){re.escape(normalize('NFC', literal))}(?!\w)(?![.,/:-]\d)"
    return re.search(pattern, " ".join(text.split())) is not None


def numbers(text: str) -> set[str]:
    """Every number as it is written: {"2.128", "62,5", "7/6/2012", ...}."""
    return set(_NUMBER.findall(text))


def syllables(text: str) -> list[str]:
    """Lower-case syllables and whole numbers, tones placed alike."""
    text = normalize("NFC", text).lower()
    for old, new in _SPELLINGS:
        text = text.replace(old, new)
    return _SYLLABLE.findall(text)


def without_verbatim(text: str) -> list[str]:
    """Syllables of the text with "|" where a wording of VERBATIM stood."""
    spoken = f" {' '.join(syllables(text))} "
    for phrase in PHRASES:
        spoken = spoken.replace(f" {' '.join(syllables(phrase))} ", " | ")
    return spoken.split()


def shared_runs(one: list[str], other: list[str], length: int) -> Iterable[str]:
    """Each run of `length` syllables that stands in both and crosses no "|"."""
    runs = {tuple(other[i : i + length]) for i in range(len(other) - length + 1)}
    for i in range(len(one) - length + 1):
        run = tuple(one[i : i + length])
        if "|" not in run and run in runs:
            yield " ".join(run)


def test_every_digest_has_facts_and_every_fact_a_digest() -> None:
    assert [one.id for one in read_corpus(CORPUS)] == ARTICLES


@pytest.mark.parametrize("article", ARTICLES)
def test_the_table_is_long_enough_and_says_nothing_twice(article: str) -> None:
    facts = [row for row in FACTS if row["article"] == article]
    assert len({row["fact"] for row in facts}) == len(facts)
    assert len({row["in_corpus"] for row in facts}) == len(facts)
    assert len(facts) >= LEAST[article]


@pytest.mark.parametrize("article", ARTICLES)
def test_front_matter(article: str) -> None:
    post = frontmatter.load(str(CORPUS / f"{article}.md"), encoding="utf-8")
    assert list(post.metadata) == list(FRONT_MATTER)
    for key, kind in FRONT_MATTER.items():
        assert isinstance(post[key], kind), key
    assert post["title"].strip() == post["title"] != ""
    assert "lược thuật" in post["note"]
    assert normalize("NFC", post.content) == post.content


def test_what_the_pages_do_not_say_stays_empty() -> None:
    known = {one.id: (one.source, one.url, one.published, one.author) for one in read_corpus(CORPUS)}
    assert known == {
        "muong-te-2020": ("", None, None, ""),
        "muong-ang-2017": ("Báo Điện Biên Phủ", None, date(2017, 3, 1), "Văn Thành Chương"),
        "muong-lat": ("", None, None, "Tuấn Bình"),
        "lai-chau-2023": ("Báo Lai Châu", None, date(2023, 12, 30), "Vũ Mạnh Hà"),
        "muong-te-2015": (
            "Trang thông tin điện tử huyện Mường Tè",
            None,
            date(2015, 8, 5),
            "Trịnh Tuấn Anh",
        ),
    }


@pytest.mark.parametrize("article", ARTICLES)
def test_every_fact_stands_in_the_digest(article: str) -> None:
    text = digest(article)
    missing = [row for row in FACTS if row["article"] == article and not stands_in(row["in_corpus"], text)]
    assert missing == []


@pytest.mark.parametrize("article", ARTICLES)
def test_every_number_of_the_digest_is_in_its_table(article: str) -> None:
    listed = set().union(*(numbers(row["in_corpus"]) for row in FACTS if row["article"] == article))
    assert numbers(digest(article)) - listed == set()


@pytest.mark.parametrize("article", ARTICLES)
def test_every_fact_stands_in_the_seed(seeds: Path, article: str) -> None:
    text = seed_text(seeds, article)
    missing = [row for row in FACTS if row["article"] == article and not stands_in(row["in_seed"], text)]
    assert missing == []


@pytest.mark.parametrize("article", ARTICLES)
def test_the_digest_has_the_numbers_of_the_seed_and_no_other(seeds: Path, article: str) -> None:
    furniture = FURNITURE.get(article, {}).keys()
    of_seed = numbers(seed_text(seeds, article))
    assert furniture <= of_seed, "a number listed as furniture is no longer on the page"
    assert numbers(digest(article)) == of_seed - furniture


@pytest.mark.parametrize("article", ARTICLES)
def test_author_and_day_are_those_of_the_page(seeds: Path, article: str) -> None:
    (one,) = read_corpus(CORPUS / f"{article}.md")
    page = seed_text(seeds, article)
    assert one.author in page
    if one.published:
        day = f"{one.published:%d/%m/%Y}"
        assert FURNITURE[article][day] == "published"
        assert day in page


@pytest.mark.parametrize("article", ARTICLES)
def test_no_sentence_is_copied(seeds: Path, article: str) -> None:
    text, page = without_verbatim(digest(article)), without_verbatim(seed_text(seeds, article))
    assert list(shared_runs(text, page, LONGEST_RUN + 1)) == []


def test_every_verbatim_wording_is_needed() -> None:
    spoken = [f" {' '.join(syllables(digest(article)))} " for article in ARTICLES]
    unused = [p for p in PHRASES if not any(f" {' '.join(syllables(p))} " in text for text in spoken)]
    assert unused == []


def test_a_copied_sentence_would_be_found() -> None:
    page = syllables("Hôm ấy trời mưa to, khoá 2 của lớp có 1.250 cây bút chì, mỗi em được 3 cây.")
    copied = syllables("Bài kể: trời mưa to; khóa 2 của lớp có 1.250 cây bút chì.")
    assert list(shared_runs(copied, page, 11)) == [
        "trời mưa to khóa 2 của lớp có 1.250 cây bút",
        "mưa to khóa 2 của lớp có 1.250 cây bút chì",
    ]
    assert list(shared_runs(copied, page, 13)) == []


def test_a_number_is_found_whole_only() -> None:
    assert stands_in("5 xã", "có 5 xã, thị trấn")
    assert not stands_in("5 xã", "có 15 xã và 2,5 xã")
    assert not stands_in("năm 2011", "ngày tháng năm 2011-2015")
