"""Wallets and premiums: sending money to relatives, and paying for their insurance."""
