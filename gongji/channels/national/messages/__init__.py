"""The messages, one module a family. Written by `python interface/build.py` from the national tables."""
