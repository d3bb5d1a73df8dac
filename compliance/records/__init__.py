"""Records: who has which requirement and why, one row per cycle, and the one definition of compliant."""
