"""A real SMTP server that misbehaves on request. What it does depends on the recipient's name."""

import asyncio
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP

# Recipient's local part -> what the server answers to RCPT.
AT_RECIPIENT = {
    "closing": "421 4.3.2 Service shutting down",
    "busy": "450 4.2.1 Mailbox busy",
    "full": "452 4.2.2 Mailbox full",
    "unknown": "550 5.1.1 No such user",
}
# ... and to the end of DATA.
AFTER_DATA = {
    "slow-down": "451 4.7.1 Try again later",
    "spam": "554 5.7.1 Rejected by content filter",
    "too-large": "552 5.3.4 Message too big",
}


class UnreliableServer:
    """An aiosmtpd server in a thread; `accepted` is what it said 250 to, or took and then dropped the line."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.connections = 0
        self.answers_data = AFTER_DATA.copy()
        self.when_accepted: Callable[[int], None] = lambda count: None
        self.refuses_senders = ""
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(self._loop.create_server(self._protocol, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(self, loop=self._loop, hostname="mail.example.org", enable_SMTPUTF8=False)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.refuses_senders:
            return self.refuses_senders
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = AT_RECIPIENT.get(address.partition("@")[0])
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        assert len(envelope.rcpt_tos) == 1, "one address a message"
        name = envelope.rcpt_tos[0].partition("@")[0]
        if name in self.answers_data:
            return self.answers_data[name]
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        message["X-Envelope-To"] = envelope.rcpt_tos[0]
        self.accepted.append(message)
        if name == "dropped":
            server.transport.abort()
        self.when_accepted(len(self.accepted))
        return "250 OK"

    def to(self) -> list[str]:
        """The recipients of what was accepted, in order."""
        return [str(message["X-Envelope-To"]) for message in self.accepted]

    def stop(self) -> None:
        """Close the port and end the thread."""

        async def close() -> None:
            self._server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
