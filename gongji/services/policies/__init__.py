"""Changes of rules: drafted, checked, published, and which hold when."""
