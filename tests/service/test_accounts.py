"""Accounts, login sessions, API keys: what opens, what does not, and what is never stored."""

import os
import pty
import shutil
import statistics
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from commands import PARTYQA, Done, partyqa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from toy_accounts import CHEAP, PASSWORD, Clock

from partyqa.errors import AccountError, LockedError, NotThereError, UnsafeAddressError
from partyqa.service.auth.accounts import Accounts, refuse_unless_safe
from partyqa.service.auth.addresses import is_local_host
from partyqa.service.auth.api_keys import Keys
from partyqa.service.auth.lockout import Attempts, Patience, account_subject, address_subject
from partyqa.service.auth.passwords import Passwords, clean_name, folded
from partyqa.service.auth.person import Person, Role
from partyqa.service.auth.sessions import Sessions
from partyqa.service.conversations.history import History
from partyqa.service.db.auth_tables import ApiKey, FailedAttempts, LoginSession, User
from partyqa.service.db.database import Database

OFFICE = "203.0.113.7"
LOCK = 15 * 60

Call = Callable[..., Done]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(str(tmp_path / "people.sqlite3"))
    yield opened
    opened.close()


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    return Accounts(database, passwords=CHEAP, attempts=Attempts(database, clock=clock))


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def refused(accounts: Accounts, name: str, password: str, address: str = OFFICE) -> int | None:
    """Return None where name or password are wrong, the seconds to wait where nobody looked at them."""
    try:
        accounts.enter(name, password, address)
    except LockedError as error:
        return error.seconds
    except AccountError:
        return None
    raise AssertionError("came in")


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


# names and passwords


def test_a_name_is_one_however_it_is_typed(accounts: Accounts) -> None:
    added = accounts.add(nfd("  Nguyễn Thị Án "), PASSWORD, Role.EDITOR)
    assert (added.name, added.role) == ("Nguyễn Thị Án", Role.EDITOR)
    for typed in ("nguyễn thị án", "NGUYỄN THỊ ÁN", nfd("Nguyễn THỊ án")):
        assert accounts.find(typed) == added
        assert accounts.enter(typed, PASSWORD, OFFICE) == Person(added.id, "Nguyễn Thị Án", Role.EDITOR)
        with pytest.raises(AccountError, match="Đã có tài khoản"):
            accounts.add(typed, PASSWORD)
    assert accounts.find("Nguyen Thi An") is None
    other = accounts.add("Nguyen Thi An", PASSWORD)  # without accents it is another name
    assert [account.name for account in accounts.everyone()] == ["Nguyen Thi An", "Nguyễn Thị Án"]
    assert other.id != added.id


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("Đỗ Văn Đông", "Ðỗ Văn Đông"),  # U+00D0, the Icelandic letter
        ("Đỗ Văn Đông", "đỗ văn ðông"),  # U+00F0, its small one
        ("Đỗ Văn Đông", "Đỗ Văn \u0189ông"),
        ("Lê Thị Bình", "  Lê   Thị  Bình "),
        ("to-2@xa.vn", "TO-2@xa.vn"),
    ],
)
def test_names_that_look_alike_are_one(accounts: Accounts, name: str, alike: str) -> None:
    added = accounts.add(alike, PASSWORD)
    assert folded(alike) == folded(name) == folded(added.name)
    with pytest.raises(AccountError, match="Đã có tài khoản"):
        accounts.add(name, PASSWORD)
    assert accounts.enter(name, PASSWORD, OFFICE).id == added.id


def test_a_name_is_kept_in_its_usual_letters() -> None:
    assert clean_name(" Ðỗ   Văn  \u0189ông") == "Đỗ Văn Đông"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "b\u0430o",  # a Cyrillic a
        "\u0392ao",  # a Greek capital beta
        "\uff42ao",  # a wide b
        "ba\u0585",  # an Armenian o
        "b\u0251o",  # the Latin alpha of phonetics
        "bao\ufe0f",  # a mark that cannot be seen
        "ba\u034fo",
        "bao\u0661",  # an Arabic digit
        "bao\u00b2",
        "bao\u00a0an",
        "   ",
        "a" * 65,
        "-an",
        ".an",
        "an,admin",
        "an\nadmin",
        "an\0",
        "<b>an</b>",
        "a/b",
        "an\u202e",
        "\ud800",
    ],
)
def test_names_that_are_not_accepted(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError):
        accounts.add(name, PASSWORD)
    assert accounts.find(name) is None
    assert not accounts.exist()
    assert refused(accounts, name, PASSWORD) is None


@given(st.text())
def test_a_clean_name_is_clean_already(name: str) -> None:
    with suppress(AccountError):
        clean = clean_name(name)
        assert clean == clean_name(clean) == unicodedata.normalize("NFC", clean)
        assert folded(clean) == folded(name) == folded(folded(name))
        assert len(folded(clean)) <= 192
        clean.encode("utf-8")


@pytest.mark.parametrize(("password", "accepted"), [("a" * 9, False), ("ă" * 10, True), ("a" * 1025, False)])
def test_a_password_has_ten_characters(accounts: Accounts, password: str, accepted: bool) -> None:
    if accepted:
        accounts.add("an", password)
        assert accounts.enter("an", nfd(password), OFFICE).name == "an"
        return
    with pytest.raises(AccountError, match="từ 10 đến 1024 ký tự"):
        accounts.add("an", password)
    assert not accounts.exist()


def test_nine_letters_are_not_ten_because_their_accents_are_typed_apart(accounts: Accounts) -> None:
    assert len(nfd("ắ" * 9)) == 27
    with pytest.raises(AccountError):
        accounts.add("an", nfd("ắ" * 9))


def test_only_an_argon2_hash_of_the_password_is_stored(
    accounts: Accounts, database: Database, tmp_path: Path
) -> None:
    accounts.add("an", PASSWORD)
    with database.reading() as session:
        (stored,) = session.scalars(select(User.password))
    assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert PASSWORD.encode() not in on_disk(tmp_path)


def test_the_default_hash_is_dear_enough() -> None:
    """OWASP's least for argon2id is 19 MiB twice; RFC 9106 for little memory says 64 MiB three times."""
    hasher = Passwords().hasher
    assert (hasher.memory_cost, hasher.time_cost, hasher.type.name) == (64 * 1024, 3, "ID")


@pytest.mark.parametrize("wrong", ["", PASSWORD + " ", PASSWORD.upper(), "\ud800", "\0", "a" * 100_000])
def test_a_wrong_password_and_an_unknown_name_are_told_alike(accounts: Accounts, wrong: str) -> None:
    accounts.add("an", PASSWORD)
    said = []
    for name in ("an", "bình"):
        with pytest.raises(AccountError) as error:
            accounts.enter(name, wrong, OFFICE)
        said.append((type(error.value), error.value.vi, error.value.en))
    assert said[0] == said[1]
    assert accounts.enter("an", PASSWORD, OFFICE).name == "an"


def test_an_unknown_name_takes_the_time_of_a_wrong_password(database: Database) -> None:
    hasher = PasswordHasher(time_cost=8, memory_cost=8 * 1024, parallelism=1)  # in the thread that asks
    patient = Patience(free=1000, most=1000)
    accounts = Accounts(
        database, passwords=Passwords(hasher), attempts=Attempts(database, account=patient, address=patient)
    )
    accounts.add("an", PASSWORD)

    def spent(name: str) -> float:
        started = time.thread_time()
        assert refused(accounts, name, "không phải") is None
        return time.thread_time() - started

    times = {name: statistics.median(spent(name) for _ in range(7)) for name in ("an", "bình")}
    assert 0.7 < times["an"] / times["bình"] < 1.4, times
    started = time.thread_time()
    accounts.find("an")
    assert time.thread_time() - started < 0.3 * times["bình"]  # else the hash would not show


def test_a_hash_of_other_costs_is_made_anew_at_the_next_login(database: Database, accounts: Accounts) -> None:
    def stored() -> str:
        with database.reading() as session:
            return session.scalars(select(User.password)).one()

    accounts.add("an", PASSWORD)
    dearer = Accounts(
        database, passwords=Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    )
    before = stored()
    assert refused(dearer, "an", "không phải") is None
    assert stored() == before
    dearer.enter("an", PASSWORD, OFFICE)
    after = stored()
    assert after.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    dearer.enter("an", PASSWORD, OFFICE)
    assert stored() == after
    accounts.set_password("an", "mật khẩu mới tinh")
    assert refused(dearer, "an", PASSWORD) is None
    assert dearer.enter("an", "mật khẩu mới tinh", OFFICE).name == "an"


def test_what_is_not_there_is_said(accounts: Accounts) -> None:
    for change in (
        lambda: accounts.remove("ai"),
        lambda: accounts.set_password("ai", PASSWORD),
        lambda: accounts.set_role("ai", Role.EDITOR),
        lambda: accounts.get("ai"),
    ):
        with pytest.raises(NotThereError, match="Không có tài khoản 'ai'"):
            change()


def test_an_account_of_the_same_name_is_another_person(accounts: Accounts) -> None:
    first = accounts.add("an", PASSWORD)
    accounts.remove("AN")
    assert not accounts.exist()
    assert accounts.add("an", PASSWORD).id != first.id


# failures


def test_each_failure_makes_the_next_wait_longer_until_the_door_is_locked() -> None:
    waits = [Patience(free=3, most=10).wait(failures) for failures in range(12)]
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, LOCK, LOCK]


def test_an_account_is_locked_and_released(accounts: Accounts, clock: Clock) -> None:
    accounts.add("an", PASSWORD)
    for address in ("198.51.100.1", "198.51.100.2", "198.51.100.3"):  # from wherever
        assert refused(accounts, "an", "không phải", address) is None
    for wait in (1, 2, 4, 8, 16, 32, 64):
        assert refused(accounts, "AN", PASSWORD, "198.51.100.4") == wait  # not even the right one
        clock.forward(wait - 0.25)
        assert refused(accounts, "an", PASSWORD) == 1
        clock.forward(0.25)
        assert refused(accounts, "an", "không phải") is None
    clock.forward(LOCK - 1)
    assert refused(accounts, "an", PASSWORD) == 1
    clock.forward(1)
    assert accounts.enter("an", PASSWORD, OFFICE).name == "an"
    for _ in range(3):  # all is forgotten
        assert refused(accounts, "an", "không phải") is None
    assert refused(accounts, "an", PASSWORD) == 1


def test_an_unknown_name_is_locked_in_the_same_way(accounts: Accounts) -> None:
    accounts.add("an", PASSWORD)
    answers = {
        name: [refused(accounts, name, "không phải", f"198.51.100.{i}") for i in range(6)]
        for name in ("an", "bình")
    }
    assert answers["an"] == answers["bình"] == [None, None, None, 1, 1, 1]


def test_an_address_is_locked_whatever_names_it_tries(accounts: Accounts, clock: Clock) -> None:
    accounts.add("an", PASSWORD)
    tries = 0
    while (wait := refused(accounts, f"người {tries}", "không phải")) is None or wait < LOCK:
        if wait is None:
            tries += 1
        else:
            clock.forward(wait)
    assert tries == 30
    assert refused(accounts, "an", PASSWORD) == LOCK
    assert refused(accounts, "an", PASSWORD, f"::ffff:{OFFICE}") == LOCK
    assert accounts.enter("an", PASSWORD, "203.0.113.8").name == "an"
    clock.forward(LOCK)
    assert accounts.enter("an", PASSWORD, OFFICE).name == "an"


def test_who_holds_one_account_cannot_guess_at_the_others_for_ever(
    accounts: Accounts, database: Database, clock: Clock
) -> None:
    accounts.add("an", PASSWORD)
    for tries in range(22):
        while (wait := refused(accounts, f"người {tries}", "không phải")) is not None:
            clock.forward(wait)
        clock.forward(LOCK)
        accounts.enter("an", PASSWORD, OFFICE)
        clock.forward(-LOCK)
    with database.reading() as session:
        assert session.get_one(FailedAttempts, address_subject(OFFICE)).failures == 22


def test_after_an_hour_without_failure_the_count_begins_anew(accounts: Accounts, clock: Clock) -> None:
    for _ in range(3):
        refused(accounts, "an", "không phải")
    clock.forward(60 * 60 + 1)
    assert [refused(accounts, "an", "không phải") for _ in range(4)] == [None, None, None, 1]


def test_a_thousand_guesses_at_the_same_moment_are_not_a_thousand_guesses(
    tmp_path: Path, clock: Clock
) -> None:
    workers = [Database.open(str(tmp_path / "people.sqlite3")) for _ in range(2)]
    services = [Accounts(one, passwords=CHEAP, attempts=Attempts(one, clock=clock)) for one in workers]
    services[0].add("an", PASSWORD)
    with ThreadPoolExecutor(16) as threads:
        said = list(
            threads.map(lambda i: refused(services[i % 2], "an", f"đoán {i}", f"198.51.100.{i}"), range(60))
        )
    assert sorted(said, key=str) == [1] * 57 + [None] * 3
    for one in workers:
        one.close()


def test_a_new_password_opens_a_locked_account(accounts: Accounts) -> None:
    accounts.add("an", PASSWORD)
    for _ in range(3):
        refused(accounts, "an", "không phải")
    assert refused(accounts, "an", PASSWORD) == 1
    accounts.set_password("an", "mật khẩu mới tinh")
    assert accounts.enter("an", "mật khẩu mới tinh", OFFICE).name == "an"


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("203.0.113.7", "address:203.0.113.7"),
        ("::ffff:203.0.113.7", "address:203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "address:2001:db8:1:2::/64"),
        ("fe80::1%eth0", "address:fe80::/64"),
        ("", "address:none"),
        ("testclient", "address:none"),
    ],
)
def test_what_an_addresss_failures_are_kept_under(address: str, subject: str) -> None:
    assert address_subject(address) == subject


def test_failures_leave_no_names_and_are_cleared_away(
    accounts: Accounts, database: Database, clock: Clock, tmp_path: Path
) -> None:
    slip = "mat-khau-go-nham-vao-o-ten"
    refused(accounts, slip, "", OFFICE)
    assert slip.encode() not in on_disk(tmp_path)

    def subjects() -> set[str]:
        with database.reading() as session:
            return set(session.scalars(select(FailedAttempts.subject)))

    assert subjects() == {account_subject(slip), address_subject(OFFICE)}
    clock.forward(60 * 60)
    accounts.attempts.purge()
    assert len(subjects()) == 2
    clock.forward(1)
    accounts.attempts.purge()
    assert subjects() == set()


# sessions


@pytest.fixture
def sessions(database: Database, clock: Clock) -> Sessions:
    return Sessions(database, clock=clock)


def test_a_session_ends_when_it_is_not_used(accounts: Accounts, sessions: Sessions, clock: Clock) -> None:
    person = accounts.add("an", PASSWORD, Role.EDITOR).person
    token = sessions.open(person)
    for _ in range(3):
        clock.forward(24 * 60 * 60 - 1)
        assert sessions.person(token) == person
    clock.forward(24 * 60 * 60)
    assert sessions.person(token) is None
    clock.forward(-24 * 60 * 60)  # and it is gone for good
    assert sessions.person(token) is None


def test_a_session_ends_after_a_week_however_much_it_is_used(
    accounts: Accounts, sessions: Sessions, clock: Clock
) -> None:
    token = sessions.open(accounts.add("an", PASSWORD).person)
    for _ in range(13):
        clock.forward(12 * 60 * 60)
        assert sessions.person(token) is not None
    clock.forward(12 * 60 * 60 - 1)
    assert sessions.person(token) is not None
    clock.forward(1)
    assert sessions.person(token) is None


def test_a_token_is_random_and_stored_as_a_digest_only(
    accounts: Accounts, sessions: Sessions, database: Database, tmp_path: Path
) -> None:
    person = accounts.add("an", PASSWORD).person
    tokens = {sessions.open(person) for _ in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {43}  # 256 bits, six a letter
    stored = on_disk(tmp_path)
    assert not any(token.encode() in stored for token in tokens)
    with database.reading() as session:
        digests = session.scalars(select(LoginSession.digest)).all()
    assert len(digests) == 20 and not any(sessions.person(digest) for digest in digests)


def test_sessions_are_ended_by_whoever_may(accounts: Accounts, sessions: Sessions) -> None:
    an, binh = (accounts.add(name, PASSWORD).person for name in ("an", "bình"))
    first, second, other = sessions.open(an), sessions.open(an), sessions.open(binh)
    sessions.close(first)
    assert (sessions.person(first), sessions.person(second)) == (None, an)
    third = sessions.open(an)
    assert sessions.revoke(an.id) == 2
    assert [sessions.person(token) for token in (second, third, other)] == [None, None, binh]
    fourth = sessions.open(an)
    accounts.set_password("an", "mật khẩu mới tinh")
    assert (sessions.person(fourth), sessions.person(other)) == (None, binh)
    fifth = sessions.open(an)
    accounts.remove("an")
    assert (sessions.person(fifth), sessions.person(other)) == (None, binh)


def test_a_role_holds_from_the_next_request_on(accounts: Accounts, sessions: Sessions) -> None:
    token = sessions.open(accounts.add("an", PASSWORD, Role.ADMINISTRATOR).person)
    accounts.set_role("an", Role.READER)
    person = sessions.person(token)
    assert person is not None and person.role is Role.READER


def test_ended_sessions_are_cleared_away(
    accounts: Accounts, sessions: Sessions, database: Database, clock: Clock
) -> None:
    person = accounts.add("an", PASSWORD).person
    sessions.open(person)
    clock.forward(24 * 60 * 60)
    kept = sessions.open(person)
    sessions.purge()
    with database.reading() as session:
        assert len(session.scalars(select(LoginSession)).all()) == 1
    assert sessions.person(kept) == person


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\0" * 10_000, "' OR 1=1 --"])
def test_what_is_no_token_opens_nothing(sessions: Sessions, database: Database, token: str) -> None:
    assert sessions.person(token) is None
    assert Keys(database).person(token) is None
    assert Keys(database).person(f"pq_{token}") is None


# keys


@pytest.fixture
def keys(database: Database, clock: Clock) -> Keys:
    return Keys(database, clock=clock)


def test_a_key_lets_its_owner_in_until_it_is_revoked(
    accounts: Accounts, keys: Keys, clock: Clock, tmp_path: Path
) -> None:
    an = accounts.add("Án", PASSWORD, Role.EDITOR).person
    key = keys.add("án", "máy ghi")
    assert key.startswith("pq_") and len(key) == 46
    assert key.encode() not in on_disk(tmp_path)
    assert [(k.owner, k.name, k.role, k.created, k.used) for k in keys.everyones()] == [
        ("Án", "máy ghi", Role.EDITOR, clock.moment, None)
    ]
    clock.forward(100)
    assert keys.person(key) == an
    used = clock.moment
    clock.forward(59)
    assert keys.person(key) == an
    assert keys.everyones()[0].used == used
    clock.forward(1)
    assert keys.person(key) == an
    assert keys.everyones()[0].used == clock.moment
    with pytest.raises(AccountError, match="đã có khóa tên máy ghi"):
        keys.add("án", "máy ghi")
    keys.revoke("ÁN", nfd("máy ghi"))
    assert keys.person(key) is None
    with pytest.raises(NotThereError, match="không có khóa tên 'máy ghi'"):
        keys.revoke("án", "máy ghi")
    with pytest.raises(NotThereError, match="Không có tài khoản 'ai'"):
        keys.add("ai", "máy ghi")


def test_a_key_does_no_more_than_its_owner(accounts: Accounts, keys: Keys) -> None:
    accounts.add("an", PASSWORD, Role.EDITOR)
    with pytest.raises(AccountError, match="không được có quyền cao hơn"):
        keys.add("an", "a", Role.ADMINISTRATOR)
    roles = {role: keys.add("an", role.name, role) for role in (Role.READER, Role.EDITOR)}

    def now() -> dict[Role, Role | None]:
        return {role: person.role if (person := keys.person(key)) else None for role, key in roles.items()}

    assert now() == {Role.READER: Role.READER, Role.EDITOR: Role.EDITOR}
    accounts.set_role("an", Role.READER)
    assert now() == {Role.READER: Role.READER, Role.EDITOR: Role.READER}
    accounts.set_role("an", Role.ADMINISTRATOR)
    assert now() == {Role.READER: Role.READER, Role.EDITOR: Role.EDITOR}
    accounts.remove("an")
    assert now() == {Role.READER: None, Role.EDITOR: None}


def test_keys_of_the_same_name_are_their_owners(accounts: Accounts, keys: Keys, database: Database) -> None:
    for name in ("an", "bình"):
        accounts.add(name, PASSWORD)
    held = {name: keys.add(name, "máy ghi") for name in ("an", "bình")}
    keys.revoke("an", "máy ghi")
    assert keys.person(held["an"]) is None
    person = keys.person(held["bình"])
    assert person is not None and person.name == "bình"
    with database.reading() as session:
        (digest,) = session.scalars(select(ApiKey.digest))
    assert len(digest) == 64 and keys.person(f"pq_{digest}") is None


# the address to listen at


@pytest.mark.parametrize(
    ("host", "local"),
    [
        *[(host, True) for host in ("127.0.0.1", "localhost", "LOCALHOST", "::1", "[::1]", "127.3.2.1")],
        ("::ffff:127.0.0.1", True),
        *[(host, False) for host in ("", "0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "::ffff:10.0.0.1")],
        *[(host, False) for host in ("localhost.example.vn", "127.0.0.1.example.vn", "maychu", "0", "1")],
    ],
)
def test_an_address_that_others_reach_needs_accounts(host: str, local: bool) -> None:
    assert is_local_host(host) is local
    refuse_unless_safe(host, users_exist=True, no_login=False)
    refuse_unless_safe(host, users_exist=False, no_login=True)
    if local:
        refuse_unless_safe(host, users_exist=False, no_login=False)
    with pytest.raises(UnsafeAddressError) as error:
        refuse_unless_safe(host, users_exist=False, no_login=False, proxied=True)
    assert error.value.exit_code == 2
    for said in (error.value.vi, error.value.en):
        assert "partyqa users add" in said and "--no-login" in said and (host or "0.0.0.0") in said
    if not local:
        with pytest.raises(UnsafeAddressError):
            refuse_unless_safe(host, users_exist=False, no_login=False)


# the command line


class Typed:
    """Standard input that is no terminal."""

    def __init__(self, line: bytes) -> None:
        self.buffer = BytesIO(line)

    def isatty(self) -> bool:
        return False


@pytest.fixture
def verb(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run a verb on a database of its own: `verb("users", "list", stdin=b"")`."""

    def run(*words: str, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", Typed(stdin))
        return call(*words, "--database", tmp_path / "cli.sqlite3")

    return run


def test_accounts_are_kept_by_the_command_line(verb: Callable[..., Done], tmp_path: Path) -> None:
    def typed(*words: str, stdin: str = "") -> str:
        done = verb(*words, stdin=stdin.encode())
        assert done.code == 0, done
        return done.out

    assert typed("users", "add", "Nguyễn An", "--role", "editor", stdin=PASSWORD + "\n") == ""
    typed("users", "add", "bình", stdin=PASSWORD)
    today = datetime.now(UTC).date().isoformat()
    assert typed("users", "list") == f"bình\treader\t{today}\nNguyễn An\teditor\t{today}\n"
    typed("users", "role", "bình", "administrator")
    key = typed("keys", "add", "nguyễn an", "--name", "máy ghi", "--role", "reader").strip()
    assert typed("keys", "list") == f"Nguyễn An\tmáy ghi\treader\t{today}\t-\n"

    database = Database.open(str(tmp_path / "cli.sqlite3"))
    accounts, keys = Accounts(database), Keys(database)
    an = accounts.enter("Nguyễn An", PASSWORD, OFFICE)
    assert accounts.enter("bình", PASSWORD, OFFICE).role is Role.ADMINISTRATOR
    assert keys.person(key) == Person(an.id, "Nguyễn An", Role.READER)
    History(database).start(an.id, "Số đảng viên Mường Ảng")

    typed("users", "password", "nguyễn an", stdin="mật khẩu mới tinh\r\n")
    assert accounts.enter("Nguyễn An", "mật khẩu mới tinh", OFFICE) == an
    typed("keys", "revoke", "nguyễn an", "--name", "máy ghi")
    assert keys.person(key) is None
    typed("users", "remove", "nguyễn an")
    assert accounts.find("Nguyễn An") is None
    assert History(database).conversations(an.id) == []
    database.close()


@pytest.mark.parametrize(
    ("words", "stdin", "says"),
    [
        (("users", "add", "an"), b"ngan\n", "Mật khẩu phải có từ 10 đến 1024 ký tự"),
        (("users", "add", "an"), b"", "Mật khẩu phải có từ 10"),
        (("users", "add", "an"), b"\xff\xfe" * 10, "không phải chữ UTF-8"),
        (("users", "add", "a/b"), PASSWORD.encode(), "Tên 'a/b' không dùng được"),
        (("users", "add", "an", "--role", "chủ"), b"", "giá trị của --role không hợp lệ"),
        (("users", "remove", "ai"), b"", "Không có tài khoản 'ai'"),
        (("users", "password", "ai"), b"", "Không có tài khoản 'ai'"),
        (("users", "role", "ai", "reader"), b"", "Không có tài khoản 'ai'"),
        (("users", "remove", "\udcff"), b"", "Không có tài khoản '\\udcff'"),
        (("keys", "add", "ai", "--name", "a"), b"", "Không có tài khoản 'ai'"),
        (("keys", "revoke", "ai", "--name", "a"), b"", "Không có tài khoản 'ai'"),
    ],
)
def test_what_the_command_line_refuses(
    verb: Callable[..., Done], words: tuple[str, ...], stdin: bytes, says: str
) -> None:
    assert says in verb(*words, stdin=stdin).complaint(2)


def test_the_installed_command_reads_a_password_from_a_pipe_and_prints_a_key_once(tmp_path: Path) -> None:
    at = ("--database", str(tmp_path / "cli.sqlite3"))
    added = partyqa("users", "add", "an", *at, stdin=PASSWORD.encode())
    assert (added.code, added.out, added.err) == (0, "", "Đã thêm tài khoản an, quyền reader.\n")
    made = partyqa("keys", "add", "an", "--name", "máy ghi", "--lang", "en", *at)
    assert (made.code, made.err) == (0, "Keep this key now: it is never shown again.\n")
    database = Database.open(at[1])
    person = Keys(database).person(made.out.removesuffix("\n"))
    assert person is not None and person.name == "an"
    database.close()


@pytest.mark.skipif(not shutil.which("setsid"), reason="needs setsid of util-linux to give a terminal")
def test_a_terminal_is_asked_twice_and_shows_nothing(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = subprocess.Popen(
        ["setsid", "--ctty", "--wait", PARTYQA, "users", "add", "an", "--database", tmp_path / "cli.sqlite3"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "COLUMNS": "80"},
    )
    os.close(theirs)
    shown = b""
    for prompt, line in (("Mật khẩu: ", PASSWORD), ("Gõ lại mật khẩu: ", PASSWORD + "?")):
        while prompt.encode() not in shown:
            shown += os.read(ours, 1024)
        os.write(ours, line.encode() + b"\n")
    with suppress(OSError):  # how Linux says that the other side has gone
        while piece := os.read(ours, 1024):
            shown += piece
    os.close(ours)
    assert command.wait(30) == 2
    assert PASSWORD not in shown.decode()
    assert "Hai lần gõ mật khẩu không giống nhau" in shown.decode(), shown.decode()


def test_the_verbs_start_without_the_web() -> None:
    script = "import sys; import partyqa.cli.users, partyqa.cli.keys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    ).stdout.split()
    assert {"sqlalchemy", "argon2", "fastapi", "torch"}.isdisjoint(loaded)
