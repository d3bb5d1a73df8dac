"""The folder of caught messages, read as a list. One file a message, named so that the newest sorts last."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_HEAD_SIZE = 16 * 1024


@dataclass(frozen=True, slots=True)
class Caught:
    """The envelope of one message; `arrived_at` is UTC."""

    name: str
    to: str
    sender: str
    subject: str
    arrived_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """One message with its bodies and all its headers."""

    caught: Caught
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


class Mailbox:
    """The messages in `folder`, newest first. A folder that is not there yet is empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """The names of all messages, newest first."""
        found = (path.stem for path in self.folder.glob("*.eml"))
        return sorted((name for name in found if _NAME.fullmatch(name)), reverse=True)

    def heads(self, names: list[str]) -> list[Caught]:
        """The envelopes of these messages; those removed meanwhile are left out."""
        return [head for name in names if (head := self._head(name))]

    def to(self, recipient: str) -> list[Caught]:
        """The envelopes of all messages whose recipient contains `recipient`, in any case."""
        wanted = recipient.lower()
        return [head for head in self._all() if wanted in head.to.lower()]

    def open(self, name: str) -> Opened | None:
        """One message; None when there is none of this name."""
        content = self._bytes(name)
        if content is None:
            return None
        message = message_from_bytes(content, policy=policy.default)
        return Opened(
            caught=self._caught(name, message),
            text=_body(message, "plain"),
            html=_body(message, "html"),
            headers=tuple((header, str(value)) for header, value in message.items()),
        )

    def _all(self) -> Iterator[Caught]:
        yield from self.heads(self.names())

    def _head(self, name: str) -> Caught | None:
        content = self._bytes(name, _HEAD_SIZE)
        if content is None:
            return None
        return self._caught(name, BytesHeaderParser(policy=policy.default).parsebytes(content))

    def _bytes(self, name: str, size: int = -1) -> bytes | None:
        # The pattern leaves no way to name a file outside the folder.
        if not _NAME.fullmatch(name):
            return None
        try:
            with (self.folder / f"{name}.eml").open("rb") as file:
                return file.read(size)
        except FileNotFoundError:
            return None

    def _caught(self, name: str, message: EmailMessage) -> Caught:
        changed = (self.folder / f"{name}.eml").stat().st_mtime
        return Caught(
            name=name,
            to=str(message.get("X-Envelope-To") or message.get("To") or ""),
            sender=str(message.get("From", "")),
            subject=str(message.get("Subject", "")),
            arrived_at=dt.datetime.fromtimestamp(changed, tz=dt.UTC),
        )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        # A character set that nobody knows, or bytes that are not what they claim.
        return str(part.get_payload())
