"""Who asks: channel apps by OAuth 2.0, people by a real-name identity provider, and the sandbox of both."""
