"""For programs: the API, its OpenAI-compatible form, MCP, health."""
