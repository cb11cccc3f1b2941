"""Accounts: what comes in each month, what lies in each pocket, and every movement of it."""
