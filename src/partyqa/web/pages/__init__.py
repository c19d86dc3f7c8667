"""Our own pages: articles, the library, login, export."""
