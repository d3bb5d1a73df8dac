"""Pages of consequences."""
