"""The chat page and what happens in a conversation."""
