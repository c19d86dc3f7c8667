"""A web page as a tree: its marks read, its tables as rows, its lines in order, and which of them are its article."""
