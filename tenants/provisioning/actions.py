"""Bring sign-ups to their end: the job of the clockwork, and the way of the command line."""

import datetime as dt

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from tenants import chronicle, failures, public_mail, schedule
from tenants.enums import IN_PREPARATION, UNFINISHED, Plan, SignUpState
from tenants.models import RollUpInvitation, SignUp
from tenants.provisioning import cancelling, letters, reservation, steps

log = structlog.get_logger(__name__)

JOB = schedule.ScheduledJob(
    name="tenants.provision", action="tenants.provisioning.actions.provision_pending", is_public=True
)
BATCH = 20
# While another process is at it, or after it died: when to look again.
_LOOK_AGAIN = dt.timedelta(seconds=20)
_FIRST_DELAY = dt.timedelta(seconds=10)
_LONGEST_DELAY = dt.timedelta(hours=1)
# Of one step, in a little over four hours: longer than a database is away for, shorter than anybody's patience.
MOST_TRIES = 12
# The way in stays on the progress page for a day; the e-mail has it longer.
_WAY_IN_STAYS = dt.timedelta(days=1)
_UNVERIFIED_STAYS = dt.timedelta(days=7)


class CannotCancel(Exception):
    """The sign-up stays as it is; the sentence says why and what to do."""


def request_provisioning() -> None:
    """Have the sign-ups that are reserved brought to their end; call it in the transaction that reserved one."""
    schedule.wake_public(JOB.name)


def provision_pending(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Bring every pending sign-up as far as it goes; answers when to look again, or None.

    One that fails keeps its last finished step and is tried again later; the others do not wait for it.
    """
    forget_old(at=at)
    due = SignUp.objects.filter(state__in=UNFINISHED, next_try_at__lte=at).order_by("next_try_at", "pk")
    for sign_up_id in list(due.values_list("pk", flat=True)[:BATCH]):
        try:
            advance(sign_up_id, at=at)
        except steps.AtWork:
            continue
        except Exception as error:
            log.exception("provisioning.failed", sign_up_id=sign_up_id)
            _put_off(sign_up_id, error, at)
    waiting = SignUp.objects.filter(state__in=UNFINISHED, next_try_at__isnull=False)
    next_try_at = waiting.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    return max(next_try_at, at + _LOOK_AGAIN) if next_try_at else None


def advance(sign_up_id: int, *, at: dt.datetime) -> SignUp:
    """Take every step that is left of one sign-up, or of its cancelling. To be called in the public schema.

    Answers the sign-up as the steps left it, with its tenant. Raises `steps.AtWork`, `cells.NoOwnerLogin` when a
    schema must be made and this process cannot, and whatever a step raises; the steps before it stay done.
    """
    sign_up = steps.take_rest(sign_up_id, at=at)
    if sign_up.state == SignUpState.CANCELLING:
        cancelling.finish(sign_up_id, at=at)
    return sign_up


def create(
    *,
    university_name: str,
    subdomain: str,
    time_zone: str,
    owner_name: str,
    owner_email: str,
    at: dt.datetime,
    locale: str = "en",
    is_trial: bool = True,
    invitation: RollUpInvitation | None = None,
) -> SignUp:
    """Make a tenant at once, on the operator's word that the owner is who they say. All values are parsed already.

    With an invitation it is a department's site, and finds its university's offer.

    Raises `subdomains.SubdomainRefused` when the address is taken, and what a step raises; then the clockwork
    goes on from there.
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
            verified_at=at,
            created_at=at,
        )
        # A worker takes over only if this process dies: not while it is about to begin.
        plan = Plan.TRIAL if is_trial else Plan.STANDARD
        reservation.reserve(sign_up, at=at, plan=plan, first_try_at=at + _LOOK_AGAIN)
        schedule.wake_public(JOB.name, at=at + _LOOK_AGAIN)
    return advance(sign_up.pk, at=at)


def try_again(sign_up_id: int, *, at: dt.datetime, by: str = "") -> None:
    """Do not wait for the next try of a sign-up that failed; one that was given up gets as many tries as before.

    ``by`` is an operator's e-mail address when it is not the university itself that asks.
    """
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=sign_up_id)
        if sign_up.state == SignUpState.FAILED:
            sign_up.state, sign_up.failed_after = sign_up.failed_after, ""
            sign_up.attempts = 0
        elif sign_up.state not in IN_PREPARATION:
            return
        sign_up.next_try_at = at
        sign_up.save(update_fields=["state", "failed_after", "attempts", "next_try_at"])
        if by:
            chronicle.write(sign_up.tenant, "sign_up.tried_again", by=by, at=at, tell=False)
        request_provisioning()


def cancel(sign_up_id: int, *, by: str, reason: str, at: dt.datetime) -> None:
    """Have a sign-up that never became a site removed: schema, role, address and tenant. In the public schema.

    From this commit on it is not brought forward any more; a worker removes what was made, and goes on with that
    until nothing is left. Raises `CannotCancel` for a site that serves, and without a reason. Repeating it changes
    nothing.
    """
    if not reason.strip():
        raise CannotCancel(_("Say why the sign-up is cancelled. Nothing was changed."))
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=sign_up_id)
        if sign_up.state in {SignUpState.CANCELLING, SignUpState.CANCELLED}:
            return
        if sign_up.state == SignUpState.READY:
            raise CannotCancel(_("The site is open. Close the site instead. Nothing was changed."))
        facts: dict[str, object] = {
            "sign_up": sign_up.reference,
            "subdomain": sign_up.subdomain,
            "state": sign_up.state,
        }
        chronicle.write(
            sign_up.tenant, "sign_up.cancelled", by=by, reason=reason, at=at, facts=facts, tell=False
        )
        sign_up.state = SignUpState.CANCELLING
        sign_up.attempts = 0
        sign_up.next_try_at = at
        sign_up.save(update_fields=["state", "attempts", "next_try_at"])
        request_provisioning()


def forget_old(*, at: dt.datetime) -> None:
    """Forget ways in that were shown for a day, and names of people who never entered their code."""
    SignUp.objects.filter(ready_at__lt=at - _WAY_IN_STAYS).exclude(welcome_path="").update(welcome_path="")
    SignUp.objects.filter(
        state=SignUpState.UNVERIFIED, created_at__lt=at - _UNVERIFIED_STAYS, tenant=None
    ).delete()


def _put_off(sign_up_id: int, error: Exception, at: dt.datetime) -> None:
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=sign_up_id)
        delay = min(_FIRST_DELAY * float(2 ** min(sign_up.attempts, 12)), _LONGEST_DELAY)
        sign_up.attempts += 1
        sign_up.last_error = failures.sentence(error)[:2000]
        sign_up.next_try_at = at + delay
        if sign_up.attempts >= MOST_TRIES and sign_up.state in IN_PREPARATION:
            _give_up(sign_up, at)
        sign_up.save(update_fields=["attempts", "last_error", "next_try_at", "state", "failed_after"])


def _give_up(sign_up: SignUp, at: dt.datetime) -> None:
    """Stop trying, say so to those who wait, and leave what was made until an operator decides."""
    sign_up.state, sign_up.failed_after = SignUpState.FAILED, sign_up.state
    sign_up.next_try_at = None
    log.error("provisioning.given_up", sign_up_id=sign_up.pk, error=sign_up.last_error)
    facts: dict[str, object] = {
        "sign_up": sign_up.reference,
        "after": sign_up.failed_after,
        "error": sign_up.last_error,
    }
    chronicle.write(sign_up.tenant, "sign_up.given_up", by="system", at=at, facts=facts, tell=False)
    letter = letters.given_up(sign_up, host=reservation.host_of(sign_up.subdomain))
    public_mail.send(letter, to=sign_up.owner_email, key=f"given-up:{sign_up.public_id}", at=at)
