"""What the clockwork does to the records. Everything may run any number of times, and be cut off anywhere."""

from compliance.records.actions.assigning import Changes, reconcile
from compliance.records.actions.completing import record_completions
from compliance.records.actions.cycles import open_due_cycles
from compliance.records.actions.turns import completions_turn, daily_turn

__all__ = [
    "Changes",
    "completions_turn",
    "daily_turn",
    "open_due_cycles",
    "reconcile",
    "record_completions",
]
