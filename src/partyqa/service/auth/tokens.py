"""Tokens are random and 256 bits long; what is stored of them is their SHA-256 digest."""

import hashlib


def digest(token: str) -> str:
    """Return what is stored of a token: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
