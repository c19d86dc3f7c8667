"""Vietnamese text: characters, syllables, numbers, sentences, names; knows nothing of questions."""
