"""What happened to courses, for whoever stands above."""

from django.dispatch import Signal

# Sent inside the transaction. Provides: course_id (int), version_id (int), at (aware datetime).
course_published = Signal()
