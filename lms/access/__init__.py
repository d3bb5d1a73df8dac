"""Who may do what, as data: permissions, roles, and the guards that views wear. No models."""
