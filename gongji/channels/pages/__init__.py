"""Pages for people: HTML rendered on the server, one style, one small script, works without it."""
