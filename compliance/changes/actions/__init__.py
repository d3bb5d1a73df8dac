"""Preparing, making, deciding and undoing changes. Every action is one transaction; `take_effect` is one a change."""

from compliance.changes.actions.agreeing import name_day
from compliance.changes.actions.deciding import (
    approve,
    ask,
    make,
    prepare_undo,
    reject,
    rework,
    withdraw,
)
from compliance.changes.actions.following import follows
from compliance.changes.actions.opening import open_change, open_holidays
from compliance.changes.actions.outlooks import RosterOutlook
from compliance.changes.actions.preparing import prepare
from compliance.changes.actions.settings import set_threshold
from compliance.changes.actions.taking_effect import take_effect
from compliance.changes.rules import DifferenceChanged, Refused, UnderWay

__all__ = [
    "DifferenceChanged",
    "Refused",
    "RosterOutlook",
    "UnderWay",
    "approve",
    "ask",
    "follows",
    "make",
    "name_day",
    "open_change",
    "open_holidays",
    "prepare",
    "prepare_undo",
    "reject",
    "rework",
    "set_threshold",
    "take_effect",
    "withdraw",
]
