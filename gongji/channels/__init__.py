"""They come to us: every door translates words into one call of one service, and its answer back."""
