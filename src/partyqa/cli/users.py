"""`partyqa users`: the accounts of those who may come in."""

import getpass
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from partyqa.cli.options import language, say
from partyqa.errors import AccountError

if TYPE_CHECKING:
    from partyqa.service.auth.accounts import Accounts

_MOST_BYTES = 8 * 1024  # of a line that is to be a password

app = typer.Typer(
    help="Tài khoản của người được vào. (The accounts of those who may come in.)", no_args_is_help=True
)


class RoleName(StrEnum):
    """The roles as they are typed."""

    READER = "reader"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", help="Cơ sở dữ liệu: tệp SQLite hay URL. (The database: a file or a URL.)"),
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Tên tài khoản. (The account's name.)")]


@app.command()
def add(
    name: NameArgument,
    role: Annotated[
        RoleName, typer.Option(help="Quyền: đọc, biên tập hay quản trị. (What they may do.)")
    ] = RoleName.READER,
    database: DatabaseOption = None,
) -> None:
    """Thêm tài khoản; mật khẩu hỏi hai lần, hoặc đọc một dòng từ đầu vào chuẩn. (Add an account.)"""
    from partyqa.service.auth.person import Role

    accounts = _accounts(database)
    added = accounts.add(name, ask_password(), Role[role.name])
    say("cli.account_added", name=added.name, role=role.value)


@app.command("list")
def list_accounts(database: DatabaseOption = None) -> None:
    """Liệt kê tài khoản: tên, quyền, ngày lập, cách nhau bằng tab. (List name, role, day.)"""
    for account in _accounts(database).everyone():
        typer.echo(f"{account.name}\t{account.role.name.lower()}\t{account.created.date()}")


@app.command()
def remove(name: NameArgument, database: DatabaseOption = None) -> None:
    """Xóa tài khoản cùng phiên đăng nhập, khóa và các cuộc hỏi đáp. (Remove an account and its history.)"""
    from partyqa.service.conversations.history import History

    accounts = _accounts(database)
    removed = accounts.remove(name)  # first, so that nothing is added to what is deleted next
    History(accounts.database).delete_all(removed.id)
    say("cli.account_removed", name=removed.name)


@app.command()
def password(name: NameArgument, database: DatabaseOption = None) -> None:
    """Đặt mật khẩu mới; mọi phiên đăng nhập cũ kết thúc. (Set a new password, end all sessions.)"""
    accounts = _accounts(database)
    account = accounts.get(name)  # before anybody types a password for nothing
    accounts.set_password(name, ask_password())
    say("cli.password_set", name=account.name)


@app.command()
def role(
    name: NameArgument,
    role: Annotated[RoleName, typer.Argument(help="Quyền mới. (The new role.)")],
    database: DatabaseOption = None,
) -> None:
    """Đổi quyền của tài khoản. (Change an account's role.)"""
    from partyqa.service.auth.person import Role

    account = _accounts(database).set_role(name, Role[role.name])
    say("cli.role_set", name=account.name, role=role.value)


def ask_password() -> str:
    """Return a password typed twice without being shown, or one line of standard input that is no terminal.

    Raises AccountError where the two differ or the line is no text.
    """
    if not sys.stdin.isatty():
        try:
            return sys.stdin.buffer.readline(_MOST_BYTES).decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise AccountError("cli.password_not_utf8") from error
    english = language() == "en"
    typed = getpass.getpass("Password: " if english else "Mật khẩu: ")
    if typed != getpass.getpass("Once more: " if english else "Gõ lại mật khẩu: "):
        raise AccountError("cli.passwords_differ")
    return typed


def _accounts(database: str | None) -> "Accounts":
    from partyqa.service.auth.accounts import Accounts
    from partyqa.service.db.database import Database

    return Accounts(Database.open(database))
