"""Changes of requirements: worked out before they are made, decided by two where many are affected, undone in a day."""
