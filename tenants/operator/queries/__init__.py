"""What the console shows: rows of shared tables, read with a number of queries that does not grow with the rows."""
