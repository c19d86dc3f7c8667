"""Network addresses: which of them are this machine's own, and which stand for one and the same customer."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""Names of the machine itself in a Host header: no foreign site can carry one of them."""

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104
"""What a server listens at that is reached under every address of its machine."""

_CUSTOMER = 64  # bits: one customer of a provider holds at least so large a network, and may move within it


def parsed(text: str) -> Address | None:
    """Return an address without its zone (`fe80::1%eth0`), IPv4 written as IPv6 as what it is; None for no address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found if isinstance(found, IPv4Address) else found.ipv4_mapped or IPv6Address(int(found))


def is_local_host(host: str) -> bool:
    """Whether only this machine reaches an address: localhost, 127.0.0.0/8 and ::1."""
    found = parsed(host.strip("[]"))
    return host.lower() == "localhost" or (found is not None and found.is_loopback)


def customer_of(address: str) -> str:
    """Return what limits of an address are kept under: of IPv6 its network, "2001:db8::1" -> "2001:db8::/64".

    What is no address, as a Unix socket has none, is "none".
    """
    found = parsed(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _CUSTOMER), strict=False))
    return str(found or "none")
