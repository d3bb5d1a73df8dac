"""Writing, turning on, changing, pausing and retiring requirements. Every action is one transaction."""

from compliance.requirements.actions.basing import set_basis
from compliance.requirements.actions.byhand import end_naming, name_by_hand, naming
from compliance.requirements.actions.drafts import create_draft, discard_draft, edit, revise
from compliance.requirements.actions.equivalences import (
    approve_equivalence,
    end_equivalence,
    propose_equivalence,
    refuse_equivalence,
    withdraw_equivalence,
)
from compliance.requirements.actions.holidays import hold_holidays, set_holidays
from compliance.requirements.actions.lifecycle import pause, retire, step_back, turn_on
from compliance.requirements.basis import Basis, Parameter, Reference, cite
from compliance.requirements.rules import Definition, NotAllowedNow, courses

__all__ = [
    "Basis",
    "Definition",
    "NotAllowedNow",
    "Parameter",
    "Reference",
    "approve_equivalence",
    "cite",
    "courses",
    "create_draft",
    "discard_draft",
    "edit",
    "end_equivalence",
    "end_naming",
    "hold_holidays",
    "name_by_hand",
    "naming",
    "pause",
    "propose_equivalence",
    "refuse_equivalence",
    "retire",
    "revise",
    "set_basis",
    "set_holidays",
    "step_back",
    "turn_on",
    "withdraw_equivalence",
]
