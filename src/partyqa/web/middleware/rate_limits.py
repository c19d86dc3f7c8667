"""How often somebody may ask: token buckets for people and for addresses.

A bucket holds tokens and spends them on requests, dear ones (a question) and cheap ones (a page); it refills steadily.
Buckets live in the memory of one process: two workers together allow twice as much.
"""

import math
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send
from throttled import MemoryStore, MemoryStoreBackend, Throttled, per_sec

from partyqa.i18n import message
from partyqa.service.auth.addresses import customer_of, is_local_host
from partyqa.service.auth.person import LOCAL, Person
from partyqa.web.access import Price, access_of
from partyqa.web.errors import Problem
from partyqa.web.middleware.size_limits import answer


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: `burst` tokens when full, `rate` of them come back every second."""

    burst: int
    rate: int


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What a person, an address (IPv6: its /64) and this machine's own owner may spend, and what requests cost.

    An address is often a whole office behind one router, so its bucket is large. `event` is what a click in the chat
    costs: a question, but also a click on a source; `login` keeps the hashing of passwords from being a weapon.
    `buckets` of people, and as many of addresses, are remembered.
    """

    person: Bucket = Bucket(burst=600, rate=20)
    address: Bucket = Bucket(burst=6_000, rate=200)
    local: Bucket = Bucket(burst=60_000, rate=6_000)
    ask: int = 20
    event: int = 10
    upload: int = 50
    login: int = 100
    read: int = 1
    free: int = 0
    buckets: int = 10_000

    def tokens(self, price: Price) -> int:
        """Return what a route of that price costs."""
        cost: int = getattr(self, price)
        return cost


class RateLimited:
    """ASGI middleware: 429 and Retry-After for too many requests; it stands inside of Routed and Gate."""

    def __init__(self, app: ASGIApp, limits: RateLimits | None = None) -> None:
        """Raise ValueError where a bucket could never pay for a request."""
        self.app = app
        self.limits = limits or RateLimits()
        self.people = _throttle(self.limits.person, self.limits)
        self.addresses = _throttle(self.limits.address, self.limits)
        self.local = _throttle(self.limits.local, self.limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the request's cost from the buckets it belongs to, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        wait = self.wait(scope)
        if wait:
            await answer(_too_fast(wait), scope)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def wait(self, scope: Scope) -> int:
        """Pay for a request; return 0, or in how many seconds it can be paid for.

        A person pays first: who is refused takes nothing from the address that an office shares.
        """
        cost = self.limits.tokens(access_of(scope).price)
        if not cost:
            return 0
        for throttle, key in self._buckets(scope):
            result = throttle.limit(key, cost)
            if result.limited:
                return max(1, math.ceil(result.state.retry_after))
        return 0

    def _buckets(self, scope: Scope) -> list[tuple[Throttled, str]]:
        person: Person | None = scope.get("state", {}).get("person")
        address = scope["client"][0] if scope.get("client") else ""
        if person == LOCAL and is_local_host(address):
            return [(self.local, LOCAL.id)]
        owned = [] if person is None or person == LOCAL else [(self.people, person.id)]
        return [*owned, (self.addresses, customer_of(address))]


class _Forgetting(MemoryStoreBackend):
    """throttled's memory, which lets go of the least recently used when it is full: here also of the expired."""

    def check_and_evict(self, key: str) -> None:
        """Make room for a new bucket: those used longest ago stand first."""
        held = self.get_client()
        while held and self.has_expired(oldest := next(iter(held))):
            self.delete(oldest)
        super().check_and_evict(key)


class _Store(MemoryStore):
    _BACKEND_CLASS = _Forgetting


def _throttle(bucket: Bucket, limits: RateLimits) -> Throttled:
    dearest = max(limits.ask, limits.event, limits.upload, limits.login, limits.read)
    if bucket.rate < 1 or bucket.burst < dearest or limits.buckets < 1:
        raise ValueError(f"a bucket of {bucket.burst} tokens never pays for a request that costs {dearest}")
    # Whole tokens a second only: throttled rounds what has come back down at each request.
    store = _Store(options={"MAX_SIZE": limits.buckets})
    return Throttled(using="token_bucket", quota=per_sec(bucket.rate, bucket.burst), store=store)


def _too_fast(seconds: int) -> Problem:
    headers = {"Retry-After": str(seconds)}
    return Problem(429, "too_fast", message("http.too_fast", seconds=seconds), headers)
