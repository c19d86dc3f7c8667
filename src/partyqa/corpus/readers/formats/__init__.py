"""The file types: a module each, with `READER = FileReader(...)`."""
