"""What becomes of a tenant between its opening and its end: statuses, the trial, and telling the tenant of it."""
