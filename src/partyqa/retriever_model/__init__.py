"""The retriever: an embedding model of our own, trimmed to Vietnamese, in 8 bits, run by OpenVINO."""
