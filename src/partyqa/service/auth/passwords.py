"""Names and passwords: what is accepted, how names are compared, how passwords are hashed and checked."""

import base64
import re
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from partyqa.errors import AccountError
from partyqa.service.db.auth_tables import NAME_LENGTH
from partyqa.text.normalise import LIKE_D, fold

SHORTEST, LONGEST = 10, 1024  # code points of a password
_PUNCTUATION = frozenset(" ._-@+")
_SPACES = re.compile(" +")


def clean_name(name: str) -> str:
    """Return a name as it is kept: NFC, single spaces, none around it, U+00D0 and U+0189 taken for Đ, their likeness.

    Latin letters with or without accents, the digits 0 to 9 and " ._-@+", a letter or digit first: letters of other
    scripts look like these, and proxies join headers with a comma. Raises AccountError.
    """
    name = _one_form(name)
    plain = fold(name)
    if (
        not 0 < len(name) <= NAME_LENGTH
        or not plain[0].isalnum()
        or not all(c in _PUNCTUATION or (c.isascii() and c.isalnum()) for c in plain)
    ):
        raise AccountError("accounts.bad_name", name=_short(name), most=NAME_LENGTH)
    return name


def folded(name: str) -> str:
    """Return a name as names are compared: "NGUYỄN An" and "nguyễn  an" are one, "Nguyen An" is another."""
    return unicodedata.normalize("NFC", _one_form(name).casefold())


def _one_form(name: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFC", name).translate(LIKE_D).strip())


def check_password(password: str) -> None:
    """Raise AccountError for a password that is too short or too long, or that is no text."""
    if not SHORTEST <= len(unicodedata.normalize("NFC", password)) <= LONGEST:
        raise AccountError("accounts.bad_password", least=SHORTEST, most=LONGEST)


class Passwords:
    """The hashing of passwords with argon2id; `hasher` holds how dear a hash is."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Without a `hasher` the costs are argon2-cffi's own, those of RFC 9106 for little memory."""
        self.hasher = hasher or PasswordHasher()
        self._nobody = _nobody(self.hasher)

    def hash(self, password: str) -> str:
        """Return what is stored. Raises AccountError for a password that is not accepted."""
        check_password(password)
        return self.hasher.hash(_bytes(password))

    def fits(self, password: str, stored: str | None) -> bool:
        """Whether a password is the one stored; None, where there is no account, costs the same time."""
        if len(password) > LONGEST:
            password = ""
        try:
            self.hasher.verify(stored or self._nobody, _bytes(password))
        except VerifyMismatchError:
            return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether a stored hash was made with other costs than are required now."""
        return self.hasher.check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    """Return a password's bytes: one text has one form, however its keyboard composes letters (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _nobody(hasher: PasswordHasher) -> str:
    """Return a hash that no password has, as dear to check as a real one, without the time of making one."""
    salt, tag = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2{hasher.type.name.lower()}$v=19${costs}${salt}${tag}"


def _short(text: str) -> str:
    """Return a piece of what was typed, in quotes, nothing in it that a terminal would obey."""
    return repr(text[:40])
