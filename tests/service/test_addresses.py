"""Which addresses are one customer's."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from partyqa.service.auth.addresses import customer_of, parsed

v6 = st.integers(0, 2**128 - 1).filter(lambda number: IPv6Address(number).ipv4_mapped is None)


@given(v6, v6, st.integers(0, 2**64 - 1))
def test_ipv6_addresses_are_one_customers_exactly_within_a_64(one: int, other: int, inside: int) -> None:
    first = customer_of(str(IPv6Address(one)))
    assert (first == customer_of(str(IPv6Address(other)))) == (one >> 64 == other >> 64)
    near = IPv6Address((one >> 64 << 64) + inside)
    assert near.ipv4_mapped is not None or customer_of(str(near)) == first


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_ipv4_address_is_one_however_it_is_written(address: IPv4Address) -> None:
    assert customer_of(str(address)) == customer_of(f"::ffff:{address}") == str(address)
    assert parsed(f"::ffff:{address}") == address


def test_what_is_no_address_is_one_stranger() -> None:
    assert [customer_of(text) for text in ("", "unknown", "/run/socket", "1.2.3")] == ["none"] * 4
