"""Where a person goes after the login: to the page they asked for, and never off this service."""

from urllib.parse import quote, urlencode

from starlette.requests import HTTPConnection

from partyqa.web.paths import path_of, root_of

LONGEST = 2_000
LOGIN, LOGOUT = "/login", "/logout"


def login_address(connection: HTTPConnection) -> str:
    """Return the login page's path, with the page that was requested as its `next`."""
    root, path = root_of(connection), path_of(connection.scope)
    asked = root + quote(path)
    if query := connection.scope.get("query_string", b"").decode("latin-1"):
        asked += f"?{query}"
    worth_it = connection.scope.get("method") == "GET" and asked != f"{root}/" and asked.isascii()
    if not worth_it or local_target(asked, root) != asked:
        return root + LOGIN
    return f"{root}{LOGIN}?{urlencode({'next': asked})}"


def local_target(target: str, root: str) -> str:
    r"""Return `target` if it is a path of this service under `root`, else the service's first page.

    `//host`, `/\host` and `/<tab>/host` name other hosts: browsers read `\` as `/` and leave tabs out.
    """
    home = f"{root}/"
    if (
        len(target) > LONGEST
        or not target.startswith(home)
        or target.startswith("//")
        or any(letter == "\\" or letter.isspace() or not letter.isprintable() for letter in target)
        or target.partition("?")[0].partition("#")[0].removeprefix(root).rstrip("/") in (LOGIN, LOGOUT)
    ):
        return home
    return target
