"""The real-name identity provider, to which people are sent to sign in."""
