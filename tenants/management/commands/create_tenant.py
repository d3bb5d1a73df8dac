"""`manage.py create_tenant`: a tenant from the command line, without the sign-up pages."""

import datetime as dt
import json
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import addresses, cells, clock, context, links, lookup
from tenants.agreements import actions as agreements
from tenants.enums import TenantKind
from tenants.models import RollUpInvitation, SignUp, Tenant
from tenants.provisioning import actions
from tenants.rules import subdomains, time_zones


class Command(BaseCommand):
    """The operator's way: the owner's mailbox is taken on the operator's word."""

    help = (
        "Create a tenant and print the owner's way in. The same steps as a sign-up, run at once in this process; "
        "if it is interrupted, the worker goes on from there. Needs DATABASE_OWNER_URL. "
        "Exit code 0 when the tenant serves; 1 when something was refused or failed, with one sentence."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="name of the university or department")
        parser.add_argument(
            "--kind",
            choices=[TenantKind.UNIVERSITY, TenantKind.DEPARTMENT],
            default=TenantKind.UNIVERSITY,
            help="what it is; a department finds the offer of --parent to share its figures, and decides itself",
        )
        parser.add_argument("--parent", help="with --kind department: subdomain of its university's site")
        parser.add_argument("--subdomain", required=True, help="first part of the site's address")
        parser.add_argument("--time-zone", required=True, help="IANA name, such as Europe/Berlin")
        parser.add_argument("--owner-name", required=True, help="name of the first owner")
        parser.add_argument("--owner-email", required=True, help="e-mail address of the first owner")
        parser.add_argument(
            "--allow-reserved", action="store_true", help="take a reserved name, such as demo"
        )
        parser.add_argument("--no-trial", action="store_true", help="serve without an end, not for 30 days")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            details = {
                "university_name": options["name"].strip(),
                "subdomain": subdomains.parse_subdomain(
                    options["subdomain"], may_be_reserved=options["allow_reserved"]
                ),
                "time_zone": time_zones.parse_time_zone(options["time_zone"]),
                "owner_name": options["owner_name"].strip(),
                "owner_email": addresses.parse_address(options["owner_email"]),
            }
            at = clock.now()
            with context.public_schema():
                invitation = _invitation(options, details["university_name"], at)
                made = actions.create(
                    **details, is_trial=not options["no_trial"], at=at, invitation=invitation
                )
                facts = _facts(made)
        except (ValueError, cells.NoOwnerLogin, lookup.UnknownTenant) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(f"{details['university_name']} is ready at {facts['url']}")
        self.stdout.write(f"{details['owner_name']} sets a password at {facts['welcome_url']}")


def _invitation(options: dict[str, Any], name: str, at: dt.datetime) -> RollUpInvitation | None:
    """The offer of a department's university, to be found on the new site; None for a university."""
    is_department = options["kind"] == TenantKind.DEPARTMENT
    if is_department != bool(options["parent"]):
        raise CommandError("--kind department and --parent go together. Nothing was made.")
    if not is_department:
        return None
    parent = Tenant.objects.get(pk=lookup.by_subdomain(options["parent"]).id)
    return agreements.invite_for_operator(parent, label=name, at=at)


def _facts(sign_up: SignUp) -> dict[str, str]:
    tenant = sign_up.tenant
    if tenant is None:  # pragma: no cover - the database refuses a ready sign-up without a tenant
        raise CommandError("The tenant is gone.")
    ref = tenant.ref()
    return {
        "id": str(tenant.public_id),
        "subdomain": sign_up.subdomain,
        "host": ref.host,
        "schema": ref.schema_name,
        "status": ref.status,
        "kind": ref.kind,
        "url": links.absolute("/", ref),
        "welcome_url": links.absolute(sign_up.welcome_path, ref),
    }
