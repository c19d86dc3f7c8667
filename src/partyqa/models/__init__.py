"""All that runs a network: the two bundled models, and any other of sentence-transformers."""
