"""What others may want to hear about records."""

from django.dispatch import Signal

# Assignments or cycles came, went, moved or were completed. Sent once a turn, inside a transaction.
# kwargs: at: datetime (UTC)
changed = Signal()

# The job that brings the records up to date, woken by whoever changed what they rest on.
REFRESH = "records.refresh"
