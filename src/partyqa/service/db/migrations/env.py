"""What alembic runs for each of its commands: the migrations, through the connection that it was given."""

from typing import Literal

from alembic import context

from partyqa.service.db import auth_tables  # noqa: F401  # its tables belong to Base as well
from partyqa.service.db.tables import Base, Moment


def _rendered(kind: str, item: object, _: object) -> str | Literal[False]:
    """Return how a new revision writes a type of ours: as what the database knows, so that it never changes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=_rendered,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
