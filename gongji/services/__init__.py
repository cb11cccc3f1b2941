"""One use case per room: read, think, write. Here rules, ledger and registry meet."""
