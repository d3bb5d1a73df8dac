"""How far the tenants are with this release, from the record; in the shared schema."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import F

from tenants import context
from tenants.enums import TenantClosure, TenantStatus, UpgradeState
from tenants.models import Tenant
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
    """Counts by state, and who is not done. `waiting`: on record with another release, or not at all."""

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


def status(only: Collection[str] | None = None) -> Status:
    """How far every tenant is, or those schemas. Two queries, whatever the number of tenants."""
    release = template.fingerprint()
    counts = dict.fromkeys(("done", "running", "pending", "failed", "waiting"), 0)
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
            "schema_name", "name", "upgraded_schema", "fingerprint", "state", "attempts", "error", "at"
        )
        for schema, name, upgraded_schema, fingerprint, recorded, attempts, error, at in rows:
            is_this = fingerprint == release and upgraded_schema == schema
            state = recorded if is_this else "waiting"
            counts[state] += 1
            if state != UpgradeState.DONE:
                lines.append(
                    TenantLine(
                        schema,
                        name,
                        state,
                        attempts if is_this else 0,
                        error if is_this else "",
                        at.isoformat() if is_this else "",
                    )
                )
    return Status(release, counts, closed, lines)
