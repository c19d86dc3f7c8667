"""How the service is set up: one value, made from the options of `partyqa serve`."""

from dataclasses import dataclass, field
from pathlib import Path

from partyqa.service.answer_queue import AskLimits
from partyqa.service.auth.addresses import EVERYWHERE, is_local_host
from partyqa.web.middleware.rate_limits import RateLimits

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings; `login` says that whoever comes must log in, `root_path` is its path behind a proxy.

    `trusted_proxies` are addresses or networks whose forwarded headers, and whose `user_header` if one is named,
    are believed; `hosts` are the names it is reached under, besides its own.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    index: Path = Path("index")
    corpus: Path = Path("corpus")
    login: bool = False
    root_path: str = ""
    trusted_proxies: tuple[str, ...] = ()
    user_header: str = ""
    hosts: tuple[str, ...] = ()
    log_questions: bool = False
    asking: AskLimits = field(default_factory=AskLimits)
    rates: RateLimits = field(default_factory=RateLimits)
    upload_bytes: int = 10_000_000
    upload_files: int = 50

    @property
    def local(self) -> bool:
        """Whether only this machine reaches the service."""
        return is_local_host(self.host)

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names that a request's Host may be; any, where it listens everywhere and no name is given."""
        if self.hosts:
            return self.hosts
        return ("*",) if self.host in EVERYWHERE else () if self.local else (self.host,)
