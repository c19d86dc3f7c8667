"""Options of the command line that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

CORPUS, INDEX = Path("corpus"), Path("index")

IndexOption = Annotated[Path, typer.Option("--index", help="Thư mục chỉ mục. (The index folder.)")]
JsonOption = Annotated[bool, typer.Option("--json", help="In JSON. (Print JSON.)")]
EncoderOption = Annotated[
    str | None,
    typer.Option(help="Mô hình sentence-transformers khác, theo tên hay đường dẫn. (Another model.)"),
]
ReaderOption = Annotated[
    str | None,
    typer.Option(
        help="Thư mục của một mô hình đọc; none: không dùng. (The folder of a reading model, or none.)"
    ),
]
