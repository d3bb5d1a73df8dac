"""Hold a tenant to its plan, and change the plan. What each plan includes stands in tenants.entitlements."""

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants import chronicle, context, entitlements
from tenants.enums import Plan, Switch
from tenants.lifecycle.actions import locked
from tenants.models import Tenant

# Any number that no other advisory lock uses; schema and limit are mixed in, so tenants do not wait for each other.
_LOCK = 0x706C_616E


class Limit(StrEnum):
    """A number in a plan; the values are the names of its fields."""

    PEOPLE = "people"
    COURSES = "courses"
    ROSTER_ROWS = "roster_rows"
    EMAILS_A_DAY = "emails_a_day"
    FILE_MEGABYTES = "file_megabytes"


class LimitReached(PermissionDenied):
    """More was asked for than the tenant's plan includes. Nothing was saved; the sentence says so and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def most(limit: Limit) -> int | None:
    """The number in the plan of the tenant in force; None is without limit. Costs no query."""
    value: int | None = getattr(context.require_tenant().entitlements, limit)
    return value


def refuse_beyond(limit: Limit, wanted: int) -> None:
    """Raise `LimitReached` when there would be more than the plan of the tenant in force includes."""
    allowed = most(limit)
    if allowed is not None and wanted > allowed:
        raise LimitReached(_sentence(limit, allowed, wanted))


def admit(limit: Limit, *, more: int, taken: Callable[[], int]) -> None:
    """Raise `LimitReached` when `more`, beyond what `taken` counts, would be over the plan of the tenant in force.

    Until the caller's transaction ends, whoever else asks for the same limit waits, so what was counted here still
    holds when it is written. Call it in a transaction, before writing; a tenant without the limit costs no query.
    """
    if most(limit) is None:
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A place in a plan is taken within a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema() || %s))", [_LOCK, limit])
    refuse_beyond(limit, taken() + more)


def may_upload() -> bool:
    """Whether files may be sent to the tenant in force: by its plan, and by the operators' switch."""
    tenant = context.require_tenant()
    return tenant.entitlements.uploads and Switch.UPLOADS not in tenant.switched_off


def refuse_uploads() -> None:
    """Raise `LimitReached` when no files may be sent to the tenant in force."""
    if not may_upload():
        raise LimitReached(
            _(
                "Files cannot be uploaded to this site at the moment. Nothing was saved. "
                "Whoever runs this service can say why, and allow it again."
            )
        )


def set_plan(tenant_id: int, plan: Plan, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """Give a tenant another plan, from now on. What it has beyond the plan stays; it gets no more of it."""
    with locked(tenant_id) as tenant:
        before, tenant.plan = tenant.plan, plan
        tenant.save(update_fields=["plan"])
        facts: dict[str, object] = {"plan": [str(before), str(plan)]}
        chronicle.write(tenant, "plan.changed", by=by, reason=reason, at=at, facts=facts)
    return tenant


def set_overrides(
    tenant_id: int, overrides: Mapping[str, object], *, by: str, reason: str, at: dt.datetime
) -> Tenant:
    """Replace what was set for this tenant alone; empty: exactly its plan. Raises `entitlements.BadOverride`."""
    checked = entitlements.checked(overrides)
    with locked(tenant_id) as tenant:
        before, tenant.plan_overrides = tenant.plan_overrides, checked
        tenant.save(update_fields=["plan_overrides"])
        facts: dict[str, object] = {"limits": [before, checked]}
        chronicle.write(tenant, "plan.limits_changed", by=by, reason=reason, at=at, facts=facts)
    return tenant


def _sentence(limit: Limit, allowed: int, wanted: int) -> str:
    if limit is Limit.PEOPLE:
        what = ngettext(
            "The plan of this site includes %(allowed)s active person; it would be %(wanted)s.",
            "The plan of this site includes %(allowed)s active people; it would be %(wanted)s.",
            allowed,
        )
    elif limit is Limit.COURSES:
        what = ngettext(
            "The plan of this site includes %(allowed)s course; it would be %(wanted)s.",
            "The plan of this site includes %(allowed)s courses; it would be %(wanted)s.",
            allowed,
        )
    elif limit is Limit.FILE_MEGABYTES:
        what = _("The plan of this site has room for %(allowed)s MB of files; it would be %(wanted)s MB.")
    else:
        what = ngettext(
            "The plan of this site includes rosters of up to %(allowed)s line; this one has %(wanted)s.",
            "The plan of this site includes rosters of up to %(allowed)s lines; this one has %(wanted)s.",
            allowed,
        )
    figures = {"allowed": f"{allowed:,}", "wanted": f"{wanted:,}"}
    return " ".join(
        (what % figures, _("Nothing was saved. Whoever runs this service can give the site a larger plan."))
    )
