"""`python app.py`: build the index from corpus/ if there is none yet, then serve the chat page."""

import sys
from pathlib import Path

from partyqa.engine import build_index
from partyqa.errors import IndexMissingError, PartyQAError
from partyqa.service.answer_queue import Serving
from partyqa.service.db.database import Database
from partyqa.web import Services, Settings, serve

ROOT = Path(__file__).resolve().parent


def announce(url: str) -> None:
    """Say where the page is."""
    sys.stderr.write(f"Trang hỏi đáp: {url} (Ctrl-C để dừng). Open it in a browser; Ctrl-C stops.\n")


def main() -> None:
    """Open the index beside this file, building it the first time, and serve until Ctrl-C."""
    try:
        try:
            serving = Serving.open(ROOT / "index")
        except IndexMissingError:
            sys.stderr.write("Đang dựng chỉ mục từ corpus/ … (building the index)\n")
            build_index(ROOT / "corpus", ROOT / "index")
            serving = Serving.open(ROOT / "index")
        settings = Settings(index=ROOT / "index", corpus=ROOT / "corpus")
        serve(Services.around(serving, Database.open(), settings), announce=announce)
    except PartyQAError as error:
        sys.stderr.write(f"{error.message('vi')}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
