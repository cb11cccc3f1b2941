"""The citizen's pages C0–C16: written for a phone, read like a person talking to a person."""
