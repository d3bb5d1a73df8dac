"""Who did what, when, to what: rows that are added and never changed, each sealing the one before it."""
