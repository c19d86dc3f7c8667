"""Who asks: accounts, passwords, sessions, API keys."""
