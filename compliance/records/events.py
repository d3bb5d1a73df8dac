"""What others may want to hear about records."""

from django.dispatch import Signal

# Assignments or cycles came, went, moved or were completed. Sent once a turn or deed, inside a transaction.
# kwargs: at: datetime (UTC)
changed = Signal()

# A turn is about to make up for days on which there was none. Whatever was to take effect on one of them comes first.
# kwargs: at: datetime (UTC)
making_up = Signal()

# The job that brings the records up to date, woken by whoever changed what they rest on.
REFRESH = "records.refresh"
