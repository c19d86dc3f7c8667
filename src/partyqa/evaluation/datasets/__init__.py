"""Files of test questions, each layout in a module."""
