"""The mailbox page of local runs: every e-mail that would have left this machine. Off unless MAILBOX_DIR is set."""
