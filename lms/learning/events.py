"""What happened in learning, for whoever stands above."""

from django.dispatch import Signal

# Sent inside the transaction, once for each enrollment. Provides: user_id (int), course_id (int),
# enrollment_id (int), at (aware datetime).
completed = Signal()

# What should somebody know before they take this course? Whoever answers returns sentences: list[str].
# Provides: user_id (int), course_id (int), today (date in the tenant's zone).
advice_asked = Signal()
