"""The steps from a reserved address to a site that answers.

All that are left are run in one transaction that also records them as done, so a process killed at any point leaves
them done or not begun; one that fails undoes itself alone. Only the schema is made over another connection, in a
transaction of its own, and is looked for before.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from tenants import cells, clockwork, events, hosts, links, patience, public_mail, schedule
from tenants.chronicle import TELL
from tenants.context import HOME, inside
from tenants.enums import Plan, SignUpState, TenantStatus
from tenants.lifecycle.actions import LIFE
from tenants.models import SignUp, Tenant
from tenants.provisioning import letters, schemas

TRIAL = dt.timedelta(days=30)
_SOON = dt.timedelta(seconds=5)


class AtWork(Exception):
    """Another process is bringing this sign-up forward at this moment."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the state it begins in, the state it ends in, what it is called, and what it does."""

    begins: SignUpState
    ends: SignUpState
    label: Promise
    run: Callable[[SignUp, Tenant, dt.datetime], None]


def make_database(sign_up: SignUp, tenant: Tenant, at: dt.datetime) -> None:
    """Schema, role, rights and tables, all or nothing. Nothing is left to do when a ready schema was taken."""
    if not _has_schema(tenant):
        with cells.connect_as_owner(HOME) as owner:
            schemas.make(owner, tenant.schema_name, at=at)


def invite_owner(sign_up: SignUp, tenant: Tenant, at: dt.datetime) -> None:
    """Whatever the apps above put into a new site; the one that invites the owner answers with the token."""
    with inside(tenant):
        answers = [
            import_string(path)(owner_name=sign_up.owner_name, owner_email=sign_up.owner_email, at=at)
            for path in settings.TENANT_OPENERS
        ]
    tokens = [answer for answer in answers if answer]
    sign_up.welcome_path = f"/welcome/{tokens[0]}/" if tokens else "/"


def set_schedule(sign_up: SignUp, tenant: Tenant, at: dt.datetime) -> None:
    """The daily jobs, at the tenant's local time."""
    clockwork.plan_daily_jobs(tenant, at=at)


def open_doors(sign_up: SignUp, tenant: Tenant, at: dt.datetime) -> None:
    """From this commit on the site answers; the owner is told by e-mail."""
    with inside(tenant) as ref:
        events.tenant_opened.send(sender=None, at=at)
    if tenant.plan == Plan.TRIAL:
        tenant.status = TenantStatus.TRIAL
        tenant.trial_ends_on = (at.astimezone(ZoneInfo(tenant.time_zone)) + TRIAL).date()
    else:
        tenant.status = TenantStatus.ACTIVE
    tenant.status_since = at
    tenant.save(update_fields=["status", "trial_ends_on", "status_since"])
    clockwork.wait_no_longer(tenant.pk)
    # It looks when the trial ends, in weeks: no worker need be told at once.
    schedule.wake_public(LIFE, at=at + _SOON)
    if sign_up.invitation_id is not None:
        # The offer that it took up was made before anybody could be told of it.
        schedule.wake_public(TELL, at=at)
    sign_up.ready_at = at
    letter = letters.welcome(sign_up, address=links.absolute(sign_up.welcome_path, ref))
    public_mail.send(letter, to=sign_up.owner_email, key=f"welcome:{sign_up.public_id}", at=at)
    transaction.on_commit(hosts.forget_all)


STEPS = (
    Step(SignUpState.RESERVED, SignUpState.DATABASE, _("Make the database"), make_database),
    Step(SignUpState.DATABASE, SignUpState.PEOPLE, _("Invite you as the owner"), invite_owner),
    Step(SignUpState.PEOPLE, SignUpState.SCHEDULE, _("Set the daily schedule"), set_schedule),
    Step(SignUpState.SCHEDULE, SignUpState.READY, _("Open the site"), open_doors),
)
_CHANGING = ["state", "attempts", "last_error", "next_try_at", "welcome_path", "ready_at"]


def after(state: str) -> Step | None:
    """The step that begins in ``state``; None when there is nothing left to do, or nothing may be done yet."""
    return next((step for step in STEPS if step.begins == state), None)


def locked(sign_up_id: int) -> SignUp:
    """The row, ours until the transaction or the process ends. Raises `AtWork` rather than wait for who has it."""
    rows = SignUp.objects.select_for_update(of=("self",), nowait=True).select_related("tenant")
    with patience.or_refuse(AtWork):
        # Every step asks for the site's host.
        return rows.prefetch_related("tenant__domains").get(pk=sign_up_id)


def take_rest(sign_up_id: int, *, at: dt.datetime) -> SignUp:
    """Take every step that is left; answers the sign-up as it is then, with its tenant.

    One transaction of the shared schema, and one statement for what the steps change of the sign-up itself. Raises
    `AtWork` while another process has the sign-up, and what a step raises: those before it are done and on record.
    """
    failure: Exception | None = None
    with transaction.atomic():
        sign_up = locked(sign_up_id)
        begun = sign_up.state
        while sign_up.tenant is not None and failure is None and (step := after(sign_up.state)):
            before = {name: getattr(sign_up, name) for name in _CHANGING}
            try:
                with transaction.atomic():
                    take(step, sign_up, sign_up.tenant, at)
            except Exception as error:
                failure = error
                for name, value in before.items():
                    setattr(sign_up, name, value)
        if sign_up.state != begun:
            sign_up.save(update_fields=_CHANGING)
    if failure is not None:
        raise failure
    return sign_up


def take(step: Step, sign_up: SignUp, tenant: Tenant, at: dt.datetime) -> None:
    """Run one step, and set what the sign-up says of it; the caller saves that."""
    step.run(sign_up, tenant, at)
    sign_up.state = step.ends
    sign_up.attempts = 0
    sign_up.last_error = ""
    sign_up.next_try_at = None if step.ends == SignUpState.READY else at


def _has_schema(tenant: Tenant) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_namespace WHERE nspname = %s", [tenant.schema_name])
        return cursor.fetchone() is not None
