"""Metrics, each with its formula, its words and how it is shown and gated: a kind a module."""
