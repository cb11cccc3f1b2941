"""Dossiers: what was asked, agreed, promised and told, and by whom. Knows nothing of money or rules."""
