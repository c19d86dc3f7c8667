"""Training of the reader that ships with partyqa; nothing here runs when a question is asked."""
