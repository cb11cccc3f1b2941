"""One module a family of transactions: it reads their messages, has a service do it, and words the answers."""
