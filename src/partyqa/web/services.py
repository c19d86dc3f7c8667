"""What every route is given: the settings, and what answers, remembers and administers."""

from concurrent.futures import Future
from dataclasses import dataclass

from partyqa.errors import PartyQAError
from partyqa.service.answer_queue import Answered, Serving
from partyqa.service.auth.accounts import Accounts
from partyqa.service.auth.api_keys import Keys
from partyqa.service.auth.sessions import Sessions
from partyqa.service.conversations.feedback import FeedbackStore
from partyqa.service.conversations.history import History
from partyqa.service.db.database import Database
from partyqa.service.library.library import Library
from partyqa.service.library.originals.originals import Originals
from partyqa.service.library.uploads import UploadLimits
from partyqa.web.middleware import request_log
from partyqa.web.middleware.metrics import Metrics
from partyqa.web.settings import Settings


class QuestionObserver:
    """Reports questions to the metrics and the log."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics

    def begun(self, question: str, answer: Future[Answered]) -> None:
        """Count a question once something has come of it; its words go to the log only where the settings want it."""
        request_log.asked(question)
        self.metrics.begun(answer)

    def not_begun(self, error: PartyQAError) -> None:
        """Count a question that was refused a place in the line."""
        self.metrics.not_begun(error)


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
    originals: Originals
    metrics: Metrics

    @classmethod
    def around(cls, serving: Serving, database: Database, settings: Settings) -> "Services":
        """Return all that a service needs, around an index and a database."""
        metrics = Metrics(serving)
        limits = UploadLimits(file_bytes=settings.upload_bytes, files=settings.upload_files)
        serving.observer = QuestionObserver(metrics)
        return cls(
            settings,
            serving,
            database,
            History(database),
            FeedbackStore(database),
            Accounts(database),
            Sessions(database),
            Keys(database),
            Library(settings.corpus, settings.index, serving.engine.encoder_name, limits=limits),
            Originals(settings.corpus),
            metrics,
        )

    def close(self) -> None:
        """Let what runs end, then close what is open."""
        self.library.close()
        self.serving.close()
        self.database.close()
