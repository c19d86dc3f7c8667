"""What stands around a question, or comes instead of one: courtesy, small talk, markup, instructions."""
