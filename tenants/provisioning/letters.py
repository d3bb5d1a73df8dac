"""What the public host writes: the code, and the way in."""

from django.template.loader import render_to_string
from django.utils import translation

from tenants.models import SignUp
from tenants.outbox import Letter


def code(sign_up: SignUp, *, digits: str, minutes: int) -> Letter:
    """The code that proves the mailbox, in the sign-up's language."""
    return _letter("code", sign_up, {"digits": digits, "minutes": minutes})


def welcome(sign_up: SignUp, *, address: str) -> Letter:
    """The site is ready; ``address`` is the owner's way in."""
    return _letter("welcome", sign_up, {"address": address})


def given_up(sign_up: SignUp, *, host: str) -> Letter:
    """We stopped trying to make the site at ``host``: nobody who was promised a mail waits for ever."""
    return _letter("given_up", sign_up, {"host": host})


def cancelled(sign_up: SignUp, *, host: str) -> Letter:
    """There will be no site at ``host``, and nothing was kept."""
    return _letter("cancelled", sign_up, {"host": host})


def _letter(name: str, sign_up: SignUp, facts: dict[str, object]) -> Letter:
    context = {"sign_up": sign_up, "locale": sign_up.locale, **facts}
    with translation.override(sign_up.locale):
        subject, text, html = (
            render_to_string(f"mail/tenants/{name}.{ending}", context)
            for ending in ("subject.txt", "txt", "html")
        )
    return Letter(subject=" ".join(subject.split()), text=text.strip() + "\n", html=html)
