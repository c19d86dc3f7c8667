"""What the readers of office files share: packages, blocks of text and tables, list numbers, sheets."""
