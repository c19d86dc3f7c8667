"""A small application that is asked in every way there is, run as a process of its own: its log is what is tested.

`python tests/logged_app.py PORT [--questions]`
"""

import asyncio
import logging
import socket
import sys
import threading
import warnings
from collections.abc import AsyncIterator
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import StreamingResponse

from partyqa.service.auth.person import Person, Role
from partyqa.web.middleware import request_log

deep = logging.getLogger("partyqa.deep")
app = FastAPI()
app.add_middleware(request_log.RequestLog)


class Asked(BaseModel):
    question: str = Field(max_length=100)


@app.get("/ask")
async def ask(question: str, request: Request) -> dict[str, str]:
    request.state.person = Person("p-17", "Lan", Role.READER)
    request_log.asked(question)
    return {"id": request.state.request_id}


@app.post("/json")
def ask_json(asked: Asked) -> dict[str, str]:
    request_log.asked(asked.question)
    return {"question": asked.question}


@app.post("/form")
def ask_form(question: Annotated[str, Form()]) -> dict[str, str]:
    request_log.asked(question)
    return {"question": question}


@app.get("/stream")
async def stream(question: str) -> StreamingResponse:
    request_log.asked(question)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield f"data: {question}\n\n".encode()
            await asyncio.sleep(0.02)

    return StreamingResponse(pieces(), media_type="text/event-stream")


@app.get("/broken")
def broken(question: str) -> None:
    request_log.asked(question)
    raise ValueError(f"no number in {question!r}")


@app.get("/chained")
async def chained(question: str) -> None:
    request_log.asked(question)
    try:
        raise KeyError(question)
    except KeyError as error:
        error.add_note(f"while reading {question}")
        raise ExceptionGroup(f"two of {question}", [OSError(question), ValueError(question)]) from error


@app.get("/half")
async def half(question: str) -> StreamingResponse:
    request_log.asked(question)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        raise RuntimeError(question)

    return StreamingResponse(pieces())


@app.get("/deep")
def in_a_thread(question: str) -> dict[str, str]:
    request_log.asked(question)
    deep.info("deep in the work, %d passages", 7)
    try:
        int(question)
    except ValueError:
        deep.exception("could not count")
    return {}


@app.get("/warned")
async def warned(question: str) -> dict[str, str]:
    request_log.asked(question)
    warnings.warn("an old way", DeprecationWarning, stacklevel=1)
    logging.getLogger("library").error("from a library", extra={"secret": question})
    logging.getLogger("library").info("a library's small talk")
    thread = threading.Thread(target=int, args=(question,))
    thread.start()
    thread.join()
    return {}


def main(port: int, questions: bool) -> None:
    request_log.configure(questions=questions)
    warnings.simplefilter("always")
    config = uvicorn.Config(
        app, log_config=None, http="h11"
    )  # its access log is left on: it must stay silent
    with socket.create_server(("127.0.0.1", port)) as address:
        uvicorn.Server(config).run(sockets=[address])


if __name__ == "__main__":
    main(int(sys.argv[1]), "--questions" in sys.argv)
