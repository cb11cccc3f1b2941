"""What is measured: one decision, its explanation, loading; each beside a reference timed in the same minutes."""
