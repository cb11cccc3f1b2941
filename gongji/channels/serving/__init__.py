"""Serving over HTTP: in one process, or by several workers that feed the one that writes."""
