"""What happened in learning, for whoever stands above."""

from django.dispatch import Signal

# Sent inside the transaction, once for each enrollment. Provides: user_id (int), course_id (int),
# enrollment_id (int), at (aware datetime).
completed = Signal()
