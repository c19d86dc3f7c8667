"""The steps that bring the tables of a database up to date, one file each in versions/.

A new one is made from what the tables say now: `alembic.command.revision(..., autogenerate=True)`, then read.
"""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date within the connection's transaction; raises alembic's CommandError."""
    command.upgrade(configured(connection), "head")


def configured(connection: Connection) -> Config:
    """Return what alembic's commands need, to work through this connection."""
    config = Config()
    config.set_main_option("script_location", str(files(__name__)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")  # a module's name begins with no digit
    config.attributes["connection"] = connection
    return config
