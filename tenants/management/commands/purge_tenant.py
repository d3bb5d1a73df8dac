"""`manage.py purge_tenant`: ask for the deletion of a tenant's data, agree to it, or see how it stands."""

from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser

from tenants import addresses, clock, context, links, lookup
from tenants.closing import actions, purge
from tenants.context import TenantRef
from tenants.management.command import TenantCommand
from tenants.models import DeletionCertificate, PurgeRequest, Tenant


class Command(TenantCommand):
    """The operator's way to the end. Two people, a waiting period, and the address typed once more."""

    when_interrupted = "Run the same command again: it goes on where it stopped."

    help = """Delete all data of a tenant that is being closed: schema, role, and names in the shared tables.

One operator asks (--request), another agrees (--approve), and when the waiting period is over the worker deletes, or
--run does it at once. Each of them prints what will happen and wants the tenant's address typed (or given with
--confirm). Without any of them it only tells how it stands. Needs the owner's login of every database.

Exit codes: 0 done, 1 refused, with one sentence and nothing deleted."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="subdomain or full host name")
        deed = parser.add_mutually_exclusive_group()
        deed.add_argument("--request", metavar="REASON", help="ask for the deletion, for this reason")
        deed.add_argument("--approve", action="store_true", help="agree to what somebody else asked for")
        deed.add_argument("--withdraw", metavar="REASON", help="take back what was asked for")
        deed.add_argument("--run", action="store_true", help="delete now, when everything is there")
        parser.add_argument("--confirm", metavar="HOST", help="the tenant's address, instead of typing it")
        self.add_record(parser, by="", reason=False)

    def run(self, options: dict[str, Any]) -> None:
        self.answer(self._do(lookup.by_subdomain(options["tenant"]), options))

    def _do(self, tenant: TenantRef, options: dict[str, Any]) -> dict[str, Any]:
        at = clock.now()
        if options["run"]:
            self._confirm(tenant, "deletes all its data now, for good", options)
            with context.public_schema():
                return _certified(purge.purge(tenant.id, at=at))
        if options["request"] or options["approve"] or options["withdraw"]:
            by = addresses.parse_address(options["by"])
            if options["request"]:
                self._confirm(tenant, "asks that all its data be deleted for good", options)
                actions.request_purge(tenant.id, by=by, reason=options["request"], at=at)
            elif options["approve"]:
                self._confirm(tenant, "agrees that all its data be deleted for good", options)
                actions.approve_purge(tenant.id, by=by, at=at)
            else:
                actions.withdraw_purge(tenant.id, by=by, reason=options["withdraw"], at=at)
        return _standing(tenant)

    def _confirm(self, tenant: TenantRef, deed: str, options: dict[str, Any]) -> None:
        self.stderr.write(f"{tenant.name} ({tenant.host}, schema {tenant.schema_name}): this {deed}.")
        typed = options["confirm"]
        if typed is None:
            try:
                typed = input(f"Type {tenant.host} to go on: ")
            except EOFError as nobody:
                raise CommandError(
                    f"Nobody is there to answer. Nothing was done; --confirm {tenant.host} answers beforehand."
                ) from nobody
        if typed.strip().lower() != tenant.host:
            raise CommandError(f"That is not {tenant.host}. Nothing was done.")


def _standing(tenant: TenantRef) -> dict[str, Any]:
    with context.public_schema():
        row = Tenant.objects.get(pk=tenant.id)
    request: PurgeRequest | None = actions.request_of(tenant.id)
    return {
        "host": tenant.host,
        "status": row.status,
        "closes_at": row.closes_at.isoformat() if row.closes_at else None,
        "requested_by": request.requested_by if request else None,
        "approved_by": (request.approved_by or None) if request else None,
        "last_error": (request.last_error or None) if request else None,
    }


def _certified(certificate: DeletionCertificate) -> dict[str, Any]:
    return {
        "status": "purged",
        "rows": certificate.row_count,
        "tables": len(certificate.tables),
        "certificate": links.public(f"/deletions/{certificate.public_id}/"),
    }
