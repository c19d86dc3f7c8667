"""The files that articles were read from: handed out as they are, and the pages of a PDF drawn with a quote boxed."""
