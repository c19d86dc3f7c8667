"""The two parts of a request's path: what stands before every path of this service behind a proxy, and the rest."""

from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.types import Scope


def root_of(connection: HTTPConnection) -> str:
    """Return what stands before every path of this service, percent-encoded, without a slash at its end."""
    return quote(str(connection.scope.get("root_path", "")).rstrip("/"))


def path_of(scope: Scope) -> str:
    """Return the path asked for without the root path, decoded."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    return path.removeprefix(root) if root and f"{path}/".startswith(f"{root}/") else path
