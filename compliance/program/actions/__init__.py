"""What people do with duties of the program, and what the night does: rounds are opened, owners are reminded."""

from compliance.program.actions.keeping import Plan, change, discard, draft, draft_pack, retire, turn_on
from compliance.program.actions.recording import complete, correct, give_up, reopen
from compliance.program.actions.reminding import remind_daily
from compliance.program.actions.turning import run_daily
from compliance.program.rules import Refused

__all__ = [
    "Plan",
    "Refused",
    "change",
    "complete",
    "correct",
    "discard",
    "draft",
    "draft_pack",
    "give_up",
    "remind_daily",
    "reopen",
    "retire",
    "run_daily",
    "turn_on",
]
