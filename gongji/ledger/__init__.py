"""Where the money is: balanced entries that are never changed, the pockets they move, and what they settled."""
