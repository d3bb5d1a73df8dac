"""The only place that speaks SMTP."""

from typing import Self

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend


class Postman:
    """One connection to the mail server of settings.EMAIL_*, opened at the first message.

    The backend is named here, not taken from settings.EMAIL_BACKEND: mail leaves through the outbox by SMTP
    or not at all. After a refusal the connection is dropped, since its state is then the server's secret.
    """

    def __init__(self) -> None:
        self._backend = EmailBackend()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.hang_up()

    def send(self, message: EmailMultiAlternatives) -> None:
        """Hand over one message. Raises what smtplib or the socket raises."""
        try:
            self._backend.open()
            self._backend.send_messages([message])
        except Exception:
            self.hang_up()
            raise

    def hang_up(self) -> None:
        """Close the connection, whatever state it is in."""
        try:
            self._backend.close()
        except OSError:
            # smtplib's own exceptions are OSErrors too. The message is already settled either way.
            self._backend.connection = None
