"""The administration of a corpus: files, uploads, rebuilding."""
