"""The page "Data": the owner takes everything the site holds home, in one file."""
