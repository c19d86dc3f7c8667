"""Clauses of documents: the one that is asked for, whole; and which of two alike is meant."""
