"""What others may want to hear about people."""

from django.dispatch import Signal

# Affiliations, leaves, groups, fields or the standing of people changed. Sent inside the transaction that changed them.
# kwargs: user_ids: list[int] | None (None: too many to name), at: datetime (UTC)
changed = Signal()

# Somebody signed in for the first time. Sent inside the transaction that wrote it down.
# kwargs: user_id: int, at: datetime (UTC)
signed_in_first = Signal()

# What do these people have that no roster gave them? Whoever answers returns a code of problems for whom it concerns:
# dict[int, str].
# kwargs: user_ids: list[int]
standing_asked = Signal()

# Which things use a group? Whoever answers returns their titles: list[str].
# kwargs: code: str
group_use_asked = Signal()

# Which things name one of these departments? Whoever answers returns their titles: list[str].
# kwargs: codes: Collection[str]
department_use_asked = Signal()

# Which things ask for a field of the university's own? Whoever answers returns their titles: list[str].
# kwargs: key: str
field_use_asked = Signal()
