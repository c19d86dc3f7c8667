"""The command line: a verb a module."""
