"""Bills: quoted, settled, refunded, reimbursed, and decided again."""
