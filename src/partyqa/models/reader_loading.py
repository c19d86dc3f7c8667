"""Which reading model: one in a folder, a cross-encoder, the shipped one where there is one, or none."""
