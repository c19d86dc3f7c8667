"""Results on a terminal, as HTML, Markdown, plots and TREC runs."""
