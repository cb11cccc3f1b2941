"""The JSON API, and the frame in which pages are served too."""
