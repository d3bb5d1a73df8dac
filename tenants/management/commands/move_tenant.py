"""`manage.py move_tenant`: take a tenant to another database of the cluster list."""

import json
from typing import Any

import psycopg
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from tenants import cells, clock, context, lookup
from tenants.enums import MoveState
from tenants.models import TenantMove
from tenants.moving import actions, copying


class Command(BaseCommand):
    """Closed for the time of the copy, then served from there; the old copy is dropped a week later."""

    help = (
        "Move a tenant's schema to another database (DATABASE_CELLS, DATABASE_CELL_OWNERS; migrate_public must have "
        "been run there). The site shows its maintenance page meanwhile. Killed anywhere, the same command goes on; "
        "--cancel opens the tenant again where it was. Exit code 0 when the tenant is served from the new place; 1 "
        "with one sentence otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="subdomain or host name")
        parser.add_argument("--to", help="name of the cell, or home")
        parser.add_argument("--cancel", action="store_true", help="give up a move that is under way")
        parser.add_argument("--by", default="system", help="who asked for it (an e-mail address)")
        parser.add_argument("--reason", default="", help="why; kept in the tenant's history")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["to"]) == bool(options["cancel"]):
            raise CommandError("Say where to with --to, or --cancel. Nothing was changed.")
        try:
            tenant = lookup.by_subdomain(options["tenant"])
            with context.public_schema():
                move = (
                    self._cancel(tenant.id, options) if options["cancel"] else self._move(tenant.id, options)
                )
        except (
            lookup.UnknownTenant,
            cells.UnknownCell,
            cells.NoOwnerLogin,
            actions.MoveRefused,
            copying.Different,
        ) as refusal:
            raise CommandError(str(refusal)) from refusal
        except (psycopg.Error, DatabaseError) as error:
            sentence = str(error).strip().splitlines()[0]
            raise CommandError(
                f"{sentence}. The tenant is closed and whole where it was: run the same command again, or --cancel."
            ) from error
        self._say(move, options)

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

    def _say(self, move: TenantMove, options: dict[str, Any]) -> None:
        rows = sum(move.rows.values())
        if options["json"]:
            facts = {"from": move.origin, "to": move.destination, "state": move.state, "rows": rows}
            self.stdout.write(json.dumps(facts))
        elif move.state == MoveState.CANCELLED:
            self.stdout.write(f"Cancelled. The tenant is open again in {move.origin}.")
        else:
            self.stdout.write(f"Moved from {move.origin} to {move.destination}: {rows} rows, compared.")
