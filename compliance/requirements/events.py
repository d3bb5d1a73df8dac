"""What others may want to hear about requirements."""

from django.dispatch import Signal

# A requirement was turned on, changed, paused or retired. Sent inside the transaction that did it.
# kwargs: requirement_id: int, at: datetime (UTC)
changed = Signal()

# Which duties of the program answer controls? Whoever answers returns them as list[queries.Answering], without
# those that are retired.
duties_asked = Signal()
