"""What a chat client asks for itself, in a user's name: a conversation's title, its tags, questions to follow.

No article answers that. Such a message is known by its form: it holds a transcript, and asks for a title or for JSON.
"""

import json
import re
from collections.abc import Sequence
from typing import Final

_MOST_TITLE: Final = 80  # code points
_TURN = re.compile(r"^\s*(?:user|human|người dùng)\s*:\s*(\S.*)$", re.I | re.M)
_HISTORY = re.compile(r"<(chat_history|conversation|messages)>(.*?)(?:</\1>|\Z)", re.I | re.S)
_FIELD = re.compile(r"\{\s*\"(title|tags|queries|follow_ups|text)\"\s*:", re.I)
_TASK = re.compile(r"^\s*#+ *(?:task|nhiệm vụ)\b", re.I)
_TITLE = re.compile(
    r"\b(?:title|name|tiêu đề)\b[^\n]{0,80}\b(?:conversation|chat|dialogue|hội thoại|trò chuyện)\b", re.I
)


def task_reply(message: str, turns: Sequence[str]) -> str | None:
    """Return what a client is told that asks for a title, tags or questions; None where a person asks.

    A title is the first question, of the transcript in the message or else of the user's earlier `turns`; of all else
    there is none: '{"title": "Ai là Bí thư?"}', '{"tags": []}'.
    """
    history = _HISTORY.search(message)
    spoken = _TURN.search(history[2] if history else message)
    around = message.replace(history[0], "") if history else message
    field = _FIELD.search(around)
    if not (spoken or history or turns) or not (
        (field and (history or _TASK.search(message))) or (spoken and _TITLE.search(around))
    ):
        return None
    first = spoken[1] if spoken else turns[0] if turns else ""
    title = " ".join(first.split())[:_MOST_TITLE].strip()
    if field is None:
        return title
    name = field[1].lower()
    empty: str | list[str] = title if name == "title" else "" if name == "text" else []
    return json.dumps({name: empty}, ensure_ascii=False)
