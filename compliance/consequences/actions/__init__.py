"""What people decide about consequences, and what the clockwork does for them."""

from compliance.consequences.actions.deciding import (
    add_consequence,
    add_freeze,
    end_consequence,
    remove_freeze,
)
from compliance.consequences.actions.delivering import deliver_pending, hold_all, send_again, send_test
from compliance.consequences.actions.receivers import (
    add_receiver,
    change_receiver,
    end_receiver,
    pause_receiver,
    resume_receiver,
    rotate_secret,
)
from compliance.consequences.actions.turn import nightly_turn, restore
from compliance.consequences.rules import ListChanged, Refused

__all__ = [
    "ListChanged",
    "Refused",
    "add_consequence",
    "add_freeze",
    "add_receiver",
    "change_receiver",
    "deliver_pending",
    "end_consequence",
    "end_receiver",
    "hold_all",
    "nightly_turn",
    "pause_receiver",
    "remove_freeze",
    "restore",
    "resume_receiver",
    "rotate_secret",
    "send_again",
    "send_test",
]
