"""One reader a file type: what a file's text becomes.

A new type is one module with a `read(text, article_id, path)` and one line in `READERS`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from partyqa.corpus.readers import html, jsonl, markdown, plain
from partyqa.types import Article

Reader = Callable[[str, str, Path], tuple[Article, ...]]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".htm": html.read,
        ".html": html.read,
        ".jsonl": jsonl.read,
        ".md": markdown.read,
        ".txt": plain.read,
    }
)
