"""What is marked where a model read the words: those, made whole; expected spans were written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.answer.alignment import Alignment, marked, widened
from partyqa.models.base import Reading
from partyqa.question.query import understand
from partyqa.text.views import TextView


def aligned(text: str, question: str = "Lò Văn Pọm vào Đảng ngày nào?") -> Alignment:
    return Alignment(understand(question), TextView(text), {})


def read(text: str, words: str) -> Reading:
    start = text.index(words)
    return Reading(1.0, 1.0, start, start + len(words), 1.0, 1.0)


@pytest.mark.parametrize(
    ("text", "words", "whole"),
    [
        ("Ông sinh ngày 19/5/1942, vào Đảng ngày 3/2/1965.", "3/2", "ngày 3/2/1965"),
        ("Thu ngân sách đạt 45,7% dự toán.", "45", "45,7%"),
        ("Xã trồng 320 ha cam sành.", "320", "320 ha"),
        ("Theo Nghị quyết số 18-NQ/TW, huyện giảm 9 phòng.", "18", "Nghị quyết số 18-NQ/TW"),
        ("Bà Hà Thị Mận, chủ nhiệm, dự họp.", " Hà Thị Mận,", "Hà Thị Mận"),
        ("Chợ họp ở bản Mạt.", "ở bản Mạt.", "ở bản Mạt"),
    ],
)
def test_what_was_cut_is_made_whole(text: str, words: str, whole: str) -> None:
    span = marked(aligned(text), read(text, words))
    assert span and text[slice(*span)] == whole


def test_without_words_read_the_nearest_of_the_kind_is_marked() -> None:
    text = "Xã trồng 320 ha cam sành."
    span = marked(aligned(text, "Xã trồng bao nhiêu ha cam?"), None)
    assert span and text[slice(*span)] == "320 ha cam"


@given(st.data())
def test_a_widened_span_lies_in_the_text_and_holds_the_letters_read(data: st.DataObject) -> None:
    words = data.draw(
        st.lists(
            st.sampled_from(["ngày 3/2/1965", "320 ha", "45,7%", "bản Mạt,", "(xã)", "“họp”", "."]),
            min_size=1,
        )
    )
    text = " ".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    low, high = widened(aligned(text), (start, end))
    assert 0 <= low <= high <= len(text)
    inside = [at for at in range(start, end) if text[at].isalnum()]
    assert all(low <= at < high for at in inside)
    assert text[low:high] == text[low:high].strip()
