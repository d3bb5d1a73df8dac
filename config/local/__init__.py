"""Everything `make run` needs on a machine that has neither PostgreSQL, Redis nor a mail server."""
