"""`gongji bench`: how fast the real settlement path is, beside references of the same minutes on the same server."""
