"""Who may come in: people, staff and channel apps, and what they are allowed."""
