"""The version of partyqa, written here alone."""

__version__ = "0.1.0"
