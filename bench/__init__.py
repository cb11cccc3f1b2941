"""What is measured: a decision, its explanation, decoding, loading; each beside a reference of the same minutes."""
