"""Everything that can be done from the console, as data: what it is called, when it is offered, and what does it.

One page asks for the reason and the second factor of all of them; whoever adds a deed adds a row here.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants import chronicle, clock, switches
from tenants.enums import IN_PREPARATION, RunState, SignUpState, Switch, TenantClosure, TenantStatus
from tenants.lifecycle import actions as lifecycle
from tenants.lifecycle.refusals import Refused
from tenants.models import JobRun, ServiceSwitch, SignUp, SupportGrant, Tenant
from tenants.operator import work
from tenants.operator.forms import DeedForm, DrillForm, ExtensionForm, SupportForm
from tenants.operator.queries.wakes import Wake
from tenants.provisioning import actions as provisioning
from tenants.rules.lifecycle import Deed as Allowed
from tenants.rules.lifecycle import may, may_follow
from tenants.support import actions as support
from tenants.support import rules as support_rules

Target = TypeVar("Target")
DONE = _("Done, and written down.")


@dataclass(frozen=True, slots=True)
class Said:
    """Who does it, why, when, and what else the form asked."""

    by: str
    reason: str
    at: dt.datetime
    more: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    def as_keywords(self) -> dict[str, Any]:
        """As actions take it."""
        return {"by": self.by, "reason": self.reason, "at": self.at}


@dataclass(frozen=True, slots=True)
class Deed(Generic[Target]):
    """One thing that can be done: `run` may raise lifecycle's Refused, whose sentence is shown.

    `leads_to` makes of what `run` answers the address of the page to go on with; without it, back where one was.
    """

    key: str
    title: str | Promise
    explains: str | Promise
    button: str | Promise
    run: Callable[[Target, Said], object]
    is_offered: Callable[[Target], bool] = lambda target: True
    is_grave: bool = False
    form: type[DeedForm] = DeedForm
    done: str | Promise = DONE
    leads_to: Callable[[Any], str] | None = None


def _may_become(status: TenantStatus) -> Callable[[Tenant], bool]:
    return lambda tenant: may_follow(status, tenant.status)


def _is_off(switch: Switch, tenant: Tenant | None) -> bool:
    return ServiceSwitch.objects.filter(switch=switch, tenant=tenant, is_off=True).exists()


def _serves(tenant: Tenant) -> bool:
    return tenant.status not in {TenantStatus.PREPARING, TenantStatus.PURGED}


def _ask_for_support(tenant: Tenant, said: Said) -> SupportGrant:
    try:
        return support.ask(
            tenant=tenant,
            by=support.Operator(said.by, said.name),
            reason=said.reason,
            ticket=said.more["ticket"],
            minutes=int(said.more["minutes"]),
            at=said.at,
        )
    except support.AlreadyAsked as known:
        sentence = _("You have access to this university already, or asked for it: see Support access.")
        raise Refused(str(sentence)) from known


OF_TENANT: tuple[Deed[Tenant], ...] = (
    Deed(
        "extend-trial",
        _("Extend the trial"),
        _("The trial ends later. A site that became read-only with its trial is a trial again."),
        _("Extend the trial"),
        lambda tenant, said: lifecycle.extend_trial(tenant.pk, days=said.more["days"], **said.as_keywords()),
        lambda tenant: (
            tenant.trial_ends_on is not None and tenant.status in {TenantStatus.TRIAL, TenantStatus.READ_ONLY}
        ),
        form=ExtensionForm,
    ),
    Deed(
        "activate",
        _("Make it active"),
        _("There is a contract: the site is active from now on and has no trial any more."),
        _("Make it active"),
        lambda tenant, said: lifecycle.activate(tenant.pk, **said.as_keywords()),
        _may_become(TenantStatus.ACTIVE),
    ),
    Deed(
        "suspend",
        _("Suspend the site"),
        _(
            "Administration and reminders stop. People still sign in, finish what they owe and see their certificates; "
            "nothing is hidden from the evidence. Administrators are told, in your words."
        ),
        _("Suspend the site"),
        lambda tenant, said: lifecycle.suspend(tenant.pk, **said.as_keywords()),
        _may_become(TenantStatus.SUSPENDED),
        is_grave=True,
    ),
    Deed(
        "reactivate",
        _("Reactivate the site"),
        _("Back to the trial while it lasts, to active where there is none."),
        _("Reactivate the site"),
        lambda tenant, said: lifecycle.reactivate(tenant.pk, **said.as_keywords()),
        lambda tenant: tenant.status == TenantStatus.SUSPENDED,
    ),
    Deed(
        "freeze",
        _("Freeze the site"),
        _(
            "Nothing is served and no job runs, for anybody, until the site is let go on. Data stays as it is."
        ),
        _("Freeze the site"),
        lambda tenant, said: lifecycle.freeze(tenant.pk, **said.as_keywords()),
        lambda tenant: _serves(tenant) and not tenant.closed_for,
        is_grave=True,
    ),
    Deed(
        "unfreeze",
        _("Let the site go on"),
        _("Pages are served and jobs run again; what was due meanwhile is made up for."),
        _("Let the site go on"),
        lambda tenant, said: lifecycle.unfreeze(tenant.pk, **said.as_keywords()),
        lambda tenant: tenant.closed_for == TenantClosure.FROZEN,
    ),
    Deed(
        "end-sessions",
        _("End all sessions"),
        _("Everybody of this university is signed out within a minute and signs in again. Nothing is lost."),
        _("End all sessions"),
        lambda tenant, said: switches.end_sessions(tenant, **said.as_keywords()),
        _serves,
        is_grave=True,
    ),
    Deed(
        "stop-uploads",
        _("Stop uploads"),
        _("Files are not taken, within a minute: rosters, courses, evidence. Everything else works."),
        _("Stop uploads"),
        lambda tenant, said: switches.turn(Switch.UPLOADS, tenant, is_off=True, **said.as_keywords()),
        lambda tenant: _serves(tenant) and not _is_off(Switch.UPLOADS, tenant),
        is_grave=True,
    ),
    Deed(
        "allow-uploads",
        _("Allow uploads again"),
        _("Files are taken again, unless uploads are stopped for everybody."),
        _("Allow uploads again"),
        lambda tenant, said: switches.turn(Switch.UPLOADS, tenant, is_off=False, **said.as_keywords()),
        lambda tenant: _is_off(Switch.UPLOADS, tenant),
    ),
    Deed(
        "support",
        _("Read the site as support"),
        _(
            "For an hour at most, and only to read. Its owners and administrators are told at once, with your reason; "
            "every page you open is written down there and here. Where they want to approve first, you wait for that."
        ),
        _("Ask for access"),
        _ask_for_support,
        lambda tenant: may(tenant.status, Allowed.SERVE),
        form=SupportForm,
        leads_to=lambda grant: reverse("operator:support", args=[grant.public_id]),
    ),
)

OF_GRANT: tuple[Deed[SupportGrant], ...] = (
    Deed(
        "end",
        _("End this access"),
        _("The next page under it is not shown. A request that waits is withdrawn. The university is told."),
        _("End it now"),
        lambda grant, said: support.end(grant=grant, **said.as_keywords()),
        lambda grant: (
            support_rules.state_of(grant, at=clock.now())
            in {support_rules.State.ACTIVE, support_rules.State.PENDING}
        ),
        is_grave=True,
    ),
)

OF_SERVICE: tuple[Deed[None], ...] = (
    Deed(
        "end-sessions",
        _("End all sessions of all universities"),
        _(
            "Everybody in every university is signed out within a minute and signs in again. "
            "Operators stay signed in."
        ),
        _("End all sessions everywhere"),
        lambda _nobody, said: switches.end_sessions(None, **said.as_keywords()),
        is_grave=True,
    ),
    Deed(
        "end-support",
        _("End all support access"),
        _(
            "Nobody of the support sees a page of any university any more, at once; requests that wait are withdrawn. "
            "They can ask again: to prevent that, switch operator access off."
        ),
        _("End all support access"),
        lambda _nobody, said: support.end_all(**said.as_keywords()),
        is_grave=True,
    ),
    Deed(
        "stop-uploads",
        _("Stop uploads for everybody"),
        _("No file is taken from anybody, within a minute. Everything else works."),
        _("Stop uploads everywhere"),
        lambda _nobody, said: switches.turn(Switch.UPLOADS, None, is_off=True, **said.as_keywords()),
        lambda _nobody: not _is_off(Switch.UPLOADS, None),
        is_grave=True,
    ),
    Deed(
        "allow-uploads",
        _("Allow uploads again"),
        _("Files are taken again, but for universities whose uploads are stopped."),
        _("Allow uploads again"),
        lambda _nobody, said: switches.turn(Switch.UPLOADS, None, is_off=False, **said.as_keywords()),
        lambda _nobody: _is_off(Switch.UPLOADS, None),
    ),
    Deed(
        "note-drill",
        _("Write down a drill"),
        _(
            "A switch was tried out, on a university of your own or at an agreed time: which, and how long it took."
        ),
        _("Write it down"),
        lambda _nobody, said: chronicle.write(
            None, "drill.done", by=said.by, reason=said.reason, at=said.at, facts=said.more
        ),
        form=DrillForm,
    ),
    Deed(
        "close-console",
        _("Switch operator access off"),
        _(
            "This console closes for everybody, you too, within a minute, and all support access ends. It is switched "
            "on again on the machine only: manage.py operator_access --on."
        ),
        _("Close this console"),
        lambda _nobody, said: switches.turn(Switch.OPERATORS, None, is_off=True, **said.as_keywords()),
        is_grave=True,
        done=_("Operator access is off."),
    ),
)


def _cancel(sign_up: SignUp, said: Said) -> None:
    try:
        provisioning.cancel(sign_up.pk, **said.as_keywords())
    except provisioning.CannotCancel as error:
        raise Refused(str(error)) from error


OF_SIGN_UP: tuple[Deed[SignUp], ...] = (
    Deed(
        "retry",
        _("Try again now"),
        _("The step that failed is tried again, with as many tries as before."),
        _("Try again now"),
        lambda sign_up, said: provisioning.try_again(sign_up.pk, at=said.at, by=said.by),
        lambda sign_up: sign_up.state == SignUpState.FAILED or sign_up.state in IN_PREPARATION,
    ),
    Deed(
        "cancel",
        _("Cancel the sign-up"),
        _("What was made of the site is removed, its address is free again, and it never opens."),
        _("Cancel the sign-up"),
        _cancel,
        lambda sign_up: sign_up.state == SignUpState.FAILED or sign_up.state in IN_PREPARATION,
        is_grave=True,
    ),
)

OF_RUN: tuple[Deed[JobRun], ...] = (
    Deed(
        "retry",
        _("Run it again"),
        _("The run gets its tries again, from now on."),
        _("Run it again"),
        lambda run, said: work.retry_run(run, **said.as_keywords()),
        lambda run: run.state == RunState.PARKED,
    ),
    Deed(
        "discard",
        _("Let it go"),
        _("This run is not made up for. The next day's comes as planned."),
        _("Let it go"),
        lambda run, said: work.discard_run(run, **said.as_keywords()),
        lambda run: run.state == RunState.PARKED,
        is_grave=True,
    ),
)

OF_WAKE_UP: tuple[Deed[Wake], ...] = (
    Deed(
        "retry",
        _("Run it again"),
        _("It is tried at once, with as many tries as before."),
        _("Run it again"),
        lambda wake, said: work.retry_wake_up(wake, **said.as_keywords()),
    ),
    Deed(
        "discard",
        _("Let it go"),
        _("What it was to do stays undone until something else asks for it."),
        _("Let it go"),
        lambda wake, said: work.discard_wake_up(wake, **said.as_keywords()),
        is_grave=True,
    ),
)


def find(deeds: tuple[Deed[Target], ...], key: str) -> Deed[Target] | None:
    """The deed of this key."""
    return next((deed for deed in deeds if deed.key == key), None)


def offered(deeds: tuple[Deed[Target], ...], target: Target) -> list[Deed[Target]]:
    """Those that make sense now."""
    return [deed for deed in deeds if deed.is_offered(target)]
