"""`partyqa keys`: the keys by which programs come in."""

from typing import TYPE_CHECKING, Annotated

import typer

from partyqa.cli.options import say
from partyqa.cli.users import DatabaseOption, RoleName

if TYPE_CHECKING:
    from partyqa.service.auth.api_keys import Keys

app = typer.Typer(
    help="Khóa API để chương trình được vào. (Keys by which programs come in.)", no_args_is_help=True
)

UserArgument = Annotated[
    str, typer.Argument(metavar="USER", help="Tài khoản chủ của khóa. (The account that owns the key.)")
]
KeyName = Annotated[str, typer.Option("--name", help="Tên khóa, ví dụ tên chương trình. (The key's name.)")]


@app.command()
def add(
    user: UserArgument,
    name: KeyName,
    role: Annotated[
        RoleName | None,
        typer.Option(help="Quyền của khóa, không cao hơn chủ; mặc định như chủ. (At most the owner's.)"),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Lập khóa và in ra một lần duy nhất trên đầu ra chuẩn. (Make a key and print it, this once.)"""
    from partyqa.service.auth.person import Role

    key = _keys(database).add(user, name, Role[role.name] if role else None)
    say("cli.key_shown_once")
    typer.echo(key)


@app.command("list")
def list_keys(database: DatabaseOption = None) -> None:
    """Liệt kê khóa: chủ, tên, quyền, ngày lập, lần dùng cuối. (List owner, name, role, day, last use.)"""
    for key in _keys(database).everyones():
        used = key.used.isoformat(sep=" ", timespec="minutes") if key.used else "-"
        typer.echo(f"{key.owner}\t{key.name}\t{key.role.name.lower()}\t{key.created.date()}\t{used}")


@app.command()
def revoke(user: UserArgument, name: KeyName, database: DatabaseOption = None) -> None:
    """Thu hồi khóa; chương trình dùng khóa đó bị từ chối ngay. (Revoke a key.)"""
    _keys(database).revoke(user, name)
    say("cli.key_revoked", name=name, user=user)


def _keys(database: str | None) -> "Keys":
    from partyqa.service.auth.api_keys import Keys
    from partyqa.service.db.database import Database

    return Keys(Database.open(database))
