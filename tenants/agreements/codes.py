"""The code of an invitation: shown as often as its university asks, stored nowhere."""

import base64
import hashlib
from uuid import UUID

from django.utils.crypto import salted_hmac

LENGTH = 12  # base32 characters: 60 bits
_GROUP = 4
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


def code_of(invitation: UUID) -> str:
    """The code of an invitation, as `K7QM-3FXD-WTBC`. Another secret key gives another code."""
    raw = salted_hmac("duly:roll-up-invitation", invitation.bytes, algorithm="sha256").digest()
    text = base64.b32encode(raw).decode()[:LENGTH]
    return "-".join(text[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))


def digest_of(typed: str) -> str:
    """What is looked up for a code as typed: blanks, hyphens, case and 0/O, 1/I, 8/B do not matter."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum()).translate(_MISREAD)
    return hashlib.sha256(f"duly:roll-up:{plain}".encode()).hexdigest()
