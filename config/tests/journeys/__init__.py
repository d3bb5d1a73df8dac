"""What people do, in a real browser against real services."""
