"""Who must do what by when, who did, and how that is proved."""
