"""The names of the jobs."""

DAILY = "consequences.daily"
RESTORE = "consequences.restore"
DELIVER = "consequences.deliver"
