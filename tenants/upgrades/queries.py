"""How far the tenants are with this release, from the record; in the shared schema."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import F

from tenants import context
from tenants.enums import Standing, TenantClosure, TenantStatus, UpgradeState
from tenants.models import Tenant, TenantUpgrade
from tenants.provisioning import template


@dataclass(frozen=True, slots=True)
class TenantLine:
    """A tenant that is not done, for `--status`. `at` is ISO 8601 or empty."""

    schema: str
    name: str
    state: str
    attempts: int
    error: str
    at: str


@dataclass(slots=True)
class Status:
    """Counts by standing, and who is not done.

    `waiting`: on record with another release, or not at all. `preparing`: has no schema yet, and gets one that is
    up to date.
    """

    release: str
    counts: dict[str, int]
    closed: int
    tenants: list[TenantLine] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        head = ", ".join(f"{count} {state}" for state, count in self.counts.items())
        lines = [f"Release {self.release[:12]}: {head}; {self.closed} closed until their upgrade is done."]
        lines += [
            f"{each.schema}  {each.state:<8} {each.attempts} tries  {each.name}"
            + (f": {each.error}" if each.error else "")
            for each in self.tenants
        ]
        return lines


def standing(
    status: str, schema: str, upgraded_schema: str | None, fingerprint: str | None, recorded: str | None
) -> Standing:
    """How a tenant stands towards this release: from its status, its schema, and the three of its record, if any."""
    is_of_schema = upgraded_schema == schema
    if status == TenantStatus.PREPARING and (not is_of_schema or recorded == UpgradeState.PENDING):
        return Standing.PREPARING
    if is_of_schema and fingerprint == template.fingerprint():
        return Standing(recorded or Standing.WAITING)
    return Standing.WAITING


def standing_of(tenant: Tenant, upgrade: TenantUpgrade | None) -> Standing:
    """As `standing`, of a tenant and its record."""
    if upgrade is None:
        return standing(tenant.status, tenant.schema_name, None, None, None)
    return standing(
        tenant.status, tenant.schema_name, upgrade.schema_name, upgrade.fingerprint, upgrade.state
    )


def status(only: Collection[str] | None = None) -> Status:
    """How far every tenant is, or those schemas. Two queries, whatever the number of tenants."""
    release = template.fingerprint()
    counts = dict.fromkeys((each.value for each in Standing), 0)
    lines = []
    with context.public_schema():
        tenants = Tenant.objects.exclude(status=TenantStatus.PURGED).order_by("pk")
        if only is not None:
            tenants = tenants.filter(schema_name__in=only)
        closed = tenants.filter(closed_for=TenantClosure.UPGRADE).count()
        rows = tenants.annotate(
            upgraded_schema=F("upgrade__schema_name"),
            fingerprint=F("upgrade__fingerprint"),
            state=F("upgrade__state"),
            attempts=F("upgrade__attempts"),
            error=F("upgrade__error"),
            at=F("upgrade__at"),
        ).values_list(
            "schema_name",
            "name",
            "status",
            "upgraded_schema",
            "fingerprint",
            "state",
            "attempts",
            "error",
            "at",
        )
        for schema, name, life, upgraded_schema, fingerprint, recorded, attempts, error, at in rows:
            state = standing(life, schema, upgraded_schema, fingerprint, recorded)
            counts[state.value] += 1
            if state in {Standing.WAITING, Standing.PREPARING}:
                lines.append(TenantLine(schema, name, state.value, 0, "", ""))
            elif state != Standing.DONE:
                lines.append(TenantLine(schema, name, state.value, attempts, error, at.isoformat()))
    return Status(release, counts, closed, lines)
