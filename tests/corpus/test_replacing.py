"""Which documents a text says to be no more in force."""

import pytest

from partyqa.corpus.kin import with_kin
from partyqa.corpus.readers.official.replacing import replaced_numbers
from partyqa.text.documents import number_key
from partyqa.types import Article


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Quy định này có hiệu lực từ ngày 01/5/2019 và thay thế Quy định số 45-QĐ/TW.", {"45-qd/tw"}),
        (
            "Bãi bỏ Quyết định số 04/2015/QĐ-UBND và Quyết định 9/2016/QĐ-UBND.",
            {"4/2015/qd-ubnd", "9/2016/qd-ubnd"},
        ),
        ("Quyết định số 05 - QĐ/HU hết hiệu lực từ ngày ký.", {"5-qd/hu"}),
        ("Bãi bỏ khoản 2 Điều 5 Quyết định số 04/2015/QĐ-UBND.", set()),
        ("Thay thế cụm từ “xã” tại Nghị định số 4/2015/NĐ-CP.", set()),
        ("Căn cứ Quyết định số 04/2015/QĐ-UBND; xã thay thế 12/5/2019 bóng đèn.", set()),
    ],
)
def test_a_document_is_ended_as_a_whole(text: str, numbers: set[str]) -> None:
    assert replaced_numbers(text) == numbers


def test_a_number_is_compared_however_it_is_typed() -> None:
    assert number_key("05 - CT/TW") == number_key("05–CT/TW") == number_key("5-ct/tw")


def test_a_replaced_document_and_what_replaced_it_stand_beside_each_other() -> None:
    old = Article("old", "Quy định cũ", "Chi bộ họp mỗi tháng.", number="45-QĐ/HU")
    new = Article("new", "Quy định mới", "Văn bản này thay thế Quy định số 45 - QĐ/HU.", number="99-QĐ/HU")
    other = Article("other", "Quy định khác", "Chợ họp chủ nhật.", number="45-QĐ/UBND")
    assert [[(kin.kind, kin.id) for kin in one.kin] for one in with_kin([old, new, other])] == [
        [("replacement", "new")],
        [("replaced", "old")],
        [],
    ]
