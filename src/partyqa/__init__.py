"""Vietnamese question answering over articles, with quotes that cannot differ from their source."""

__version__ = "0.1.0"
