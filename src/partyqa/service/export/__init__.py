"""Answers as files to take along, and checking such files."""
