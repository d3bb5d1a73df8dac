"""A mail server that keeps instead of delivering: each accepted message becomes one file in a folder.

The files are named `000001.eml`, `000002.eml`, ... in order of arrival and hold the message as it came,
below two lines saying who the envelope was from and for. `python -m config.local.mailbox_server FOLDER PORT`
runs it until it is told to stop; tests use `start_mailbox`.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.local import processes

HOST = "127.0.0.1"
LARGEST_MESSAGE = 30 * 1024 * 1024


class Keeper:
    """What happens to a message after DATA."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.last = max((int(path.stem) for path in folder.glob("*.eml") if path.stem.isdigit()), default=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Write the message under a temporary name and rename it, so that a reader never sees half of one."""
        content = envelope.original_content or b""
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        self.last += 1
        unfinished = self.folder / f".{self.last:06d}.part"
        unfinished.write_bytes(head.encode() + content)
        unfinished.rename(self.folder / f"{self.last:06d}.eml")
        return f"250 2.0.0 kept as {self.last:06d}"


class Server(Controller):
    """The controller with our limits: larger messages, international addresses, no look-up of our name."""

    def factory(self) -> SMTP:
        """One protocol object per connection."""
        return SMTP(
            self.handler,
            hostname="mailbox.localhost",
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            ident="Duly mailbox",
        )


@dataclass
class Mailbox:
    """A running mail server of ours."""

    controller: Server
    folder: Path
    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for SMTP_URL."""
        return f"smtp://{self.host}:{self.port}"

    def files(self) -> list[Path]:
        """Every message kept so far, oldest first."""
        return sorted(self.folder.glob("*.eml"))

    def stop(self) -> None:
        """Stop accepting; what is kept stays."""
        self.controller.stop(no_assert=True)


def start_mailbox(folder: Path, *, port: int = 0) -> Mailbox:
    """Start the server in a thread of this process; `port=0` takes a free one."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or processes.free_port()
    controller = Server(Keeper(folder), hostname=HOST, port=chosen)
    controller.start()
    return Mailbox(controller, folder, HOST, chosen)


def answers(port: int) -> bool:
    """Whether a mail server greets on this local port."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as probe:
            return probe.recv(3) == b"220"
    except OSError:
        return False


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    arguments = parser.parse_args()
    os.umask(0o077)
    mailbox = start_mailbox(arguments.folder, port=arguments.port)
    stopped = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    stopped.wait()
    mailbox.stop()


if __name__ == "__main__":
    main()
