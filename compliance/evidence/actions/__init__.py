"""What people do with proof: send it, take it back, accept or reject it; and files for requests."""

from compliance.evidence.actions.aiming import set_review_aim
from compliance.evidence.actions.asking import ask_for_extension, ask_for_waiver, withdraw_request
from compliance.evidence.actions.chasing import chase
from compliance.evidence.actions.deciding import accept, reject
from compliance.evidence.actions.reading import read_files
from compliance.evidence.actions.sending import Claim, send, withdraw
from compliance.evidence.rules import Refused
from compliance.evidence.rules.files import BadFile, Checked, checked

__all__ = [
    "BadFile",
    "Checked",
    "Claim",
    "Refused",
    "accept",
    "ask_for_extension",
    "ask_for_waiver",
    "chase",
    "checked",
    "read_files",
    "reject",
    "send",
    "set_review_aim",
    "withdraw",
    "withdraw_request",
]
