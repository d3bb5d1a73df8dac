"""What a mail server's No means, and when to ask again."""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=48)
# The pauses above end long before; only a message that kills its sender each time gets here.
MOST_ATTEMPTS = 20
REASON_MAX = 500

# Said of us, not of the recipient: sign-in wanted, sign-in refused, encryption wanted.
_OUR_FAULT = frozenset({530, 534, 535, 538})
_CLOSING = 421
_TOO_LARGE = 552


class Verdict(Enum):
    """AGAIN: this message later. NEVER: this message is settled. SERVER_DOWN: no message can go now."""

    AGAIN = "again"
    NEVER = "never"
    SERVER_DOWN = "server_down"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A verdict with the server's words, for the message log."""

    verdict: Verdict
    reason: str


def judge(error: Exception) -> Refusal:
    """What follows from an exception that smtplib, a socket or the making of the message raised."""
    code, words = _answer(error)
    return Refusal(_verdict(error, code), _reason(code, words))


def _answer(error: Exception) -> tuple[int, bytes | str]:
    """The server's code and words; code 0 when it did not answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, error.smtp_error
    return 0, str(error) or type(error).__name__


def _verdict(error: Exception, code: int) -> Verdict:
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) or code == _TOO_LARGE:
        return _by_code(code)
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Verdict.NEVER
    # All else that smtplib and sockets raise is about the connection or about us as the sender, and the next
    # message would fare no better.
    return Verdict.SERVER_DOWN if isinstance(error, OSError) else Verdict.AGAIN


def _by_code(code: int) -> Verdict:
    if code == _CLOSING or code in _OUR_FAULT:
        return Verdict.SERVER_DOWN
    return Verdict.NEVER if code >= 500 else Verdict.AGAIN


def _reason(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    line = " ".join(text.replace("\x00", "").split())
    return (f"{code} {line}" if code else line)[:REASON_MAX]


def next_try(*, attempts: int, first_try_at: datetime, at: datetime) -> datetime | None:
    """When to try again after `attempts` refusals: 1 minute, doubled up to 6 hours; None after 48 hours."""
    if at - first_try_at >= GIVE_UP_AFTER or attempts >= MOST_ATTEMPTS:
        return None
    pause: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 20)
    return at + min(pause, LONGEST_PAUSE)
