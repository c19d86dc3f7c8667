"""The text of a question to a query: what is asked, mended and written out."""
