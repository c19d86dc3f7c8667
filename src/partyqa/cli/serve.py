"""`partyqa serve`: the chat page and the service behind it."""

from pathlib import Path
from typing import Annotated

import typer

from partyqa.cli.options import CORPUS, INDEX, EncoderOption, IndexOption, ReaderOption, say
from partyqa.cli.users import DatabaseOption


def serve(
    index: IndexOption = INDEX,
    host: Annotated[str, typer.Option(help="Địa chỉ. (Address.)", envvar="PARTYQA_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Cổng. (Port.)", envvar="PARTYQA_PORT")] = 7860,
    corpus: Annotated[
        Path, typer.Option(help="Kho bài để quản lý trên trang. (The articles that the page manages.)")
    ] = CORPUS,
    database: DatabaseOption = None,
    login: Annotated[
        bool | None,
        typer.Option(
            "--login/--no-login",
            help="Bắt đăng nhập hay không; mặc định: ngoài 127.0.0.1 thì có. (Ask for a login; off this machine: yes.)",
        ),
    ] = None,
    root_path: Annotated[
        str, typer.Option(help="Đường dẫn con sau proxy, như /hoi-dap. (Sub-path behind a proxy.)")
    ] = "",
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(help="Địa chỉ hay mạng của proxy được tin. (Address or network of a trusted proxy.)"),
    ] = None,
    user_header: Annotated[
        str, typer.Option(help="Trường mà proxy được tin ghi tên người dùng. (Header with the user's name.)")
    ] = "",
    host_name: Annotated[
        list[str] | None,
        typer.Option(help="Tên miền mà người dùng gõ. (A name that the service is reached under.)"),
    ] = None,
    log_questions: Annotated[
        bool, typer.Option(help="Ghi cả lời câu hỏi vào nhật ký. (Write questions into the log.)")
    ] = False,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
) -> None:
    """Mở trang hỏi đáp. (Open the chat page.)"""
    from partyqa.service.answer_queue import Serving
    from partyqa.service.auth.accounts import Accounts, refuse_unless_safe
    from partyqa.service.auth.addresses import is_local_host
    from partyqa.service.db.database import Database

    proxies = tuple(trusted_proxy or ())
    kept = Database.open(database)
    refuse_unless_safe(host, Accounts(kept).exist(), login is False, proxied=bool(proxies))
    serving = Serving.open(index, encoder=encoder, reader=reader)
    from partyqa.web import Services, Settings, serve
    from partyqa.web.middleware import request_log

    settings = Settings(
        host=host,
        port=port,
        index=index,
        corpus=corpus,
        login=(not is_local_host(host) or bool(proxies)) if login is None else login,
        root_path=root_path,
        trusted_proxies=proxies,
        user_header=user_header,
        hosts=tuple(host_name or ()),
        log_questions=log_questions,
    )
    request_log.configure(questions=log_questions)
    serve(
        Services.around(serving, kept, settings),
        announce=lambda url: say("cli.open_page", url=url),
    )
