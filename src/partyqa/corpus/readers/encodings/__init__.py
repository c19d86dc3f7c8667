"""Vietnamese of the time before Unicode: its tables, and which of them a document is written in."""
