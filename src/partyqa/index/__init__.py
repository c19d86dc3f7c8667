"""Articles to a searchable generation on disk."""
