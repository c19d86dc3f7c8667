"""What every route is given: the settings, and what answers, remembers and administers."""

from dataclasses import dataclass

from partyqa.service.accounts import Accounts
from partyqa.service.database import Database
from partyqa.service.feedback import FeedbackStore
from partyqa.service.history import History
from partyqa.service.keys import Keys
from partyqa.service.library import Library
from partyqa.service.serving import Serving
from partyqa.service.sessions import Sessions
from partyqa.web.metrics import Metrics
from partyqa.web.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running service; a route finds them as `request.app.state.services`."""

    settings: Settings
    serving: Serving
    database: Database
    history: History
    feedback: FeedbackStore
    accounts: Accounts
    sessions: Sessions
    keys: Keys
    library: Library
    metrics: Metrics

    @classmethod
    def around(cls, serving: Serving, database: Database, settings: Settings) -> "Services":
        """Return all that a service needs, around an index and a database."""
        return cls(
            settings,
            serving,
            database,
            History(database),
            FeedbackStore(database),
            Accounts(database),
            Sessions(database),
            Keys(database),
            Library(settings.corpus, settings.index, serving.engine.encoder_name),
            Metrics(serving),
        )

    def close(self) -> None:
        """Let what runs end, then close what is open."""
        self.serving.close()
        self.database.close()
