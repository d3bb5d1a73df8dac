"""`manage.py plan`: what a tenant may have, and changing it."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import clock, context, entitlements, lookup, plans
from tenants.enums import Plan
from tenants.models import Tenant


class Command(BaseCommand):
    """Show a tenant's plan and limits, or change them."""

    help = (
        "Show what a tenant's plan includes. --set gives it another plan, --limits replaces what was set for it "
        "alone: plan northfield --limits '{\"people\": 9000, \"emails_a_day\": null}'; '{}' means exactly its plan. "
        "Changing needs --reason and --by. Exit code 1 when something was refused, with one sentence."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subdomain", help="first part of the site's address")
        parser.add_argument("--set", choices=Plan.values, help="the plan it has from now on")
        parser.add_argument("--limits", metavar="JSON", help="limits for this tenant alone")
        parser.add_argument("--reason", default="", help="why; its owners are told in these words")
        parser.add_argument("--by", default="", help="your e-mail address")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant_id = lookup.by_subdomain(options["subdomain"]).id
            said = {"by": options["by"].strip(), "reason": options["reason"].strip(), "at": clock.now()}
            if (options["set"] or options["limits"]) and not (said["by"] and said["reason"]):
                raise CommandError("Say who you are with --by and why with --reason. Nothing was changed.")
            if options["limits"]:
                plans.set_overrides(tenant_id, _parsed(options["limits"]), **said)
            if options["set"]:
                plans.set_plan(tenant_id, Plan(options["set"]), **said)
        except (ValueError, LookupError) as refusal:
            raise CommandError(str(refusal)) from refusal
        with context.public_schema():
            tenant = Tenant.objects.get(pk=tenant_id)
        limits = asdict(entitlements.of(tenant.plan, tenant.plan_overrides))
        facts = {"plan": tenant.plan, "set_for_it_alone": tenant.plan_overrides, "limits": limits}
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(f"{tenant.name}: {tenant.plan}")
        for name, value in limits.items():
            mark = " (set for it alone)" if name in tenant.plan_overrides else ""
            self.stdout.write(f"  {name}: {'no limit' if value is None else value}{mark}")


def _parsed(text: str) -> dict[str, object]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise CommandError("--limits is a JSON object, such as '{\"people\": 9000}'. Nothing was changed.")
    return found
