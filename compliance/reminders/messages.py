"""The texts of reminders: what a digest says is decided at the moment it leaves."""
