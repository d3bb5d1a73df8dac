"""What the clockwork and officers do to the records.

What the clockwork does may run any number of times, and be cut off anywhere.
"""

from compliance.records.actions.assigning import Changes, reconcile
from compliance.records.actions.certifying import (
    approve_certification,
    approve_reinstatement,
    approve_revocation,
    ask_to_certify,
    ask_to_restore,
    ask_to_revoke,
)
from compliance.records.actions.changing import (
    OF_HOLIDAYS,
    ChangeRef,
    close_opened,
    give_back,
    shift,
    take_back,
)
from compliance.records.actions.completing import record_completions
from compliance.records.actions.crediting import give_credit
from compliance.records.actions.cycles import open_due_cycles
from compliance.records.actions.deciding import refuse, withdraw
from compliance.records.actions.excusing import (
    approve_exemption,
    approve_waiver,
    ask_for_exemption,
    ask_for_waiver,
    end_exemption,
    end_waiver,
    review_exemption,
)
from compliance.records.actions.extending import approve_extension, ask_for_extension, extend
from compliance.records.actions.grace import decide_grace
from compliance.records.actions.keys import create_key, note_use, revoke_key
from compliance.records.actions.limiting import set_extension_limit
from compliance.records.actions.loading import approve_load, load_history, refuse_load, withdraw_load
from compliance.records.actions.returning import return_from_excuses
from compliance.records.actions.revoking import fresh_due_on, restore, revoke
from compliance.records.actions.together import (
    Decided,
    approve_together,
    ask_together,
    refuse_together,
    undo_extensions,
    withdraw_together,
)
from compliance.records.actions.triggering import end_event, record_event
from compliance.records.actions.triggering_many import look_by_job, record_by_job
from compliance.records.actions.turns import completions_turn, daily_turn, make_up_before, nightly_turn
from compliance.records.actions.unloading import approve_taking_back, take_load_back
from compliance.records.rules import Refused

__all__ = [
    "OF_HOLIDAYS",
    "ChangeRef",
    "Changes",
    "Decided",
    "Refused",
    "approve_certification",
    "approve_exemption",
    "approve_extension",
    "approve_load",
    "approve_reinstatement",
    "approve_revocation",
    "approve_taking_back",
    "approve_together",
    "approve_waiver",
    "ask_for_exemption",
    "ask_for_extension",
    "ask_for_waiver",
    "ask_to_certify",
    "ask_to_restore",
    "ask_to_revoke",
    "ask_together",
    "close_opened",
    "completions_turn",
    "create_key",
    "daily_turn",
    "decide_grace",
    "end_event",
    "end_exemption",
    "end_waiver",
    "extend",
    "fresh_due_on",
    "give_back",
    "give_credit",
    "load_history",
    "look_by_job",
    "make_up_before",
    "nightly_turn",
    "note_use",
    "open_due_cycles",
    "reconcile",
    "record_by_job",
    "record_completions",
    "record_event",
    "refuse",
    "refuse_load",
    "refuse_together",
    "restore",
    "return_from_excuses",
    "review_exemption",
    "revoke",
    "revoke_key",
    "set_extension_limit",
    "shift",
    "take_back",
    "take_load_back",
    "undo_extensions",
    "withdraw",
    "withdraw_load",
    "withdraw_together",
]
