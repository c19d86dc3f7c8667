"""The reader: a small encoder of our own that says whether a text answers a question, and with which words."""
