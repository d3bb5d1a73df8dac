"""Begin a sign-up, prove the mailbox, take the address. All in the public schema."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from tenants import addresses, limits, public_mail
from tenants.enums import SignUpState
from tenants.models import RollUpInvitation, SignUp
from tenants.provisioning import actions as provisioning
from tenants.provisioning import letters, reservation
from tenants.rules import subdomains

CODE_LASTS = dt.timedelta(minutes=10)
CODE_TRIES = 5
RESEND_AFTER = dt.timedelta(seconds=60)
MOST_CODES = 6
_CODES_A_MAILBOX = 8
_MAILBOX_WINDOW = dt.timedelta(hours=1)


class CodeRefused(Exception):
    """The code does not prove the mailbox. ``tries_left`` is 0 when a new code is needed."""

    def __init__(self, reason: str, tries_left: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tries_left = tries_left


class TooSoon(Exception):
    """A new code was asked for before the last one had time to arrive, or too often."""


def start(
    *,
    university_name: str,
    subdomain: str,
    time_zone: str,
    owner_name: str,
    owner_email: str,
    at: dt.datetime,
    locale: str = "en",
    invitation: RollUpInvitation | None = None,
) -> SignUp:
    """Write down what was typed and send the code. Reserves nothing. All values are parsed already.

    With an invitation it is a department's site, and finds its university's offer.
    """
    with transaction.atomic():
        sign_up = SignUp.objects.create(
            university_name=university_name,
            subdomain=subdomain,
            time_zone=time_zone,
            locale=locale,
            owner_name=owner_name,
            owner_email=owner_email,
            invitation=invitation,
            terms_accepted_at=at,
            created_at=at,
        )
        _send_code(sign_up, at=at)
    return sign_up


def send_another_code(sign_up_id: int, *, at: dt.datetime) -> None:
    """Replace the code by a new one; raises `TooSoon` within a minute of the last, and after six."""
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update(of=("self",)).get(pk=sign_up_id)
        if sign_up.state != SignUpState.UNVERIFIED:
            return
        if sign_up.code_sent_count >= MOST_CODES or _sent_moments_ago(sign_up, at):
            raise TooSoon
        _send_code(sign_up, at=at)


def confirm(sign_up_id: int, *, code: str, at: dt.datetime) -> SignUp:
    """Check the code, and take the address if it is still free.

    Raises `CodeRefused`. When somebody took the address meanwhile, the sign-up is verified and UNADDRESSED.
    """
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update(of=("self",)).get(pk=sign_up_id)
        if sign_up.state != SignUpState.UNVERIFIED:
            return sign_up
        refusal = _judge(sign_up, code, at)
        if refusal is None:
            sign_up.verified_at = at
            sign_up.code_hash = ""
            sign_up.save(update_fields=["verified_at", "code_hash"])
            _take_address(sign_up, at=at)
    # Raised only now: a refused try must be counted.
    if refusal is not None:
        raise refusal
    return sign_up


def choose_address(sign_up_id: int, *, subdomain: str, at: dt.datetime) -> SignUp:
    """Another address for a verified sign-up that lost its own. Raises `subdomains.SubdomainRefused`."""
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update(of=("self",)).get(pk=sign_up_id)
        if sign_up.state == SignUpState.UNADDRESSED:
            subdomains.refuse_if_claimed(subdomain, email_domain=addresses.domain_of(sign_up.owner_email))
            sign_up.subdomain = subdomain
            sign_up.save(update_fields=["subdomain"])
            reservation.reserve(sign_up, at=at)
            provisioning.request_provisioning()
    return sign_up


def _take_address(sign_up: SignUp, *, at: dt.datetime) -> None:
    try:
        reservation.reserve(sign_up, at=at)
    except subdomains.SubdomainRefused:
        sign_up.state = SignUpState.UNADDRESSED
        sign_up.save(update_fields=["state"])
    else:
        provisioning.request_provisioning()


def _judge(sign_up: SignUp, code: str, at: dt.datetime) -> CodeRefused | None:
    if sign_up.code_attempts >= CODE_TRIES:
        return CodeRefused("tries")
    if sign_up.code_sent_at is None or at > sign_up.code_sent_at + CODE_LASTS:
        return CodeRefused("expired")
    if constant_time_compare(sign_up.code_hash, _digest(sign_up, code)):
        return None
    sign_up.code_attempts += 1
    sign_up.save(update_fields=["code_attempts"])
    left = CODE_TRIES - sign_up.code_attempts
    return CodeRefused("wrong" if left else "tries", left)


def _send_code(sign_up: SignUp, *, at: dt.datetime) -> None:
    code = f"{secrets.randbelow(1_000_000):06d}"
    sign_up.code_hash = _digest(sign_up, code)
    sign_up.code_sent_at = at
    sign_up.code_sent_count += 1
    sign_up.code_attempts = 0
    sign_up.save(update_fields=["code_hash", "code_sent_at", "code_sent_count", "code_attempts"])
    if not limits.allows("code", sign_up.owner_email, most=_CODES_A_MAILBOX, within=_MAILBOX_WINDOW):
        # Somebody is using our form to fill a stranger's mailbox. The page says the same as always.
        return
    letter = letters.code(sign_up, digits=code, minutes=int(CODE_LASTS.total_seconds() // 60))
    public_mail.send(
        letter,
        to=addresses.parse_address(sign_up.owner_email),
        key=f"code:{sign_up.public_id}:{sign_up.code_sent_count}",
        at=at,
    )


def _sent_moments_ago(sign_up: SignUp, at: dt.datetime) -> bool:
    return sign_up.code_sent_at is not None and at < sign_up.code_sent_at + RESEND_AFTER


def _digest(sign_up: SignUp, code: str) -> str:
    """A keyed digest: six digits could be guessed from a plain one."""
    return salted_hmac(f"duly:sign-up:{sign_up.public_id}", code, algorithm="sha256").hexdigest()
