"""What was asked, and what its askers thought of the answers."""
