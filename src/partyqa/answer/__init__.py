"""A query and its hits to an answer, or to a refusal."""
