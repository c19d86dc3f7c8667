"""What stands behind the page and the API, and knows of neither: people, history, feedback, and their database."""
