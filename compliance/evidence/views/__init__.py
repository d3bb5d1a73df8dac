"""The pages of whoever sends proof, of whoever reviews it, and the files."""
