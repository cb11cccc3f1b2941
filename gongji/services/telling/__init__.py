"""Telling people and programs what has happened: notices, messages, webhooks."""
