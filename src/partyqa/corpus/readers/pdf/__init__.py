"""The pieces of the reader of PDF files: rows of letters, their order, paragraphs, tables, scans."""
