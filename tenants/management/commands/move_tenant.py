"""`manage.py move_tenant`: take a tenant to another database of the cluster list."""

from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser

from tenants import clock, context, lookup
from tenants.enums import MoveState
from tenants.management.command import TenantCommand
from tenants.models import TenantMove
from tenants.moving import actions


class Command(TenantCommand):
    """Closed for the time of the copy, then served from there; the old copy is dropped a week later."""

    when_interrupted = "The tenant is closed and whole where it was: run the same command again, or --cancel."

    help = """Move a tenant's schema to another database of the cluster list.

Needs DATABASE_CELLS and DATABASE_CELL_OWNERS; migrate_public must have been run there. The site shows its maintenance
page meanwhile. Killed anywhere, the same command goes on; --cancel opens the tenant again where it was.

Exit codes: 0 the tenant is served from the new place, 1 it is not, with one sentence."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="subdomain or host name")
        parser.add_argument("--to", help="name of the cell, or home")
        parser.add_argument("--cancel", action="store_true", help="give up a move that is under way")
        self.add_record(parser, by="system")

    def run(self, options: dict[str, Any]) -> None:
        if bool(options["to"]) == bool(options["cancel"]):
            raise CommandError("Say where to with --to, or --cancel. Nothing was changed.")
        tenant = lookup.by_subdomain(options["tenant"])
        with context.public_schema():
            move = self._cancel(tenant.id, options) if options["cancel"] else self._move(tenant.id, options)
        rows = sum(move.rows.values())
        facts = {"from": move.origin, "to": move.destination, "state": move.state, "rows": rows}
        if move.state == MoveState.CANCELLED:
            self.answer(facts, f"Cancelled. The tenant is open again in {move.origin}.")
        else:
            self.answer(facts, f"Moved from {move.origin} to {move.destination}: {rows} rows, compared.")

    def _move(self, tenant_id: int, options: dict[str, Any]) -> TenantMove:
        at = clock.now()
        move = actions.request(tenant_id, options["to"], by=options["by"], reason=options["reason"], at=at)
        return actions.advance(move.pk, at=at)

    def _cancel(self, tenant_id: int, options: dict[str, Any]) -> TenantMove:
        move = TenantMove.objects.filter(tenant_id=tenant_id).order_by("-pk").first()
        if move is None:
            raise CommandError("The tenant is not being moved.")
        actions.cancel(move.pk, by=options["by"], reason=options["reason"], at=clock.now())
        move.refresh_from_db()
        return move
