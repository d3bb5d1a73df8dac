"""A university's first minutes: its details, the code that proves the mailbox, its address."""
