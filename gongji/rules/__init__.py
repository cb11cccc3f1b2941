"""What the policy says: the book of dated rules, and the pure decisions that read it."""
