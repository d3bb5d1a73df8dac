"""`manage.py seed_demo`: a university with 200 invented people in every state of compliance."""

import io
import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from compliance.oversight.demo import population
from compliance.oversight.demo.story import Story
from lms.people import actions as people
from lms.people import queries as people_queries
from tenants import clock, context, links, lookup
from tenants.context import TenantRef
from tenants.rules import lifecycle
from tenants.rules.lifecycle import Deed

PASSWORD = "a quiet demo password"  # noqa: S105  printed for everybody, in demos only
NAME = "Lindenhof University"
CAST = (
    ("ada.alvarez", "owner: runs everything"),
    ("bo.brandt", "compliance officer: requirements and figures"),
    ("dee.dubois", "learner: has a course to finish"),
)


class Command(BaseCommand):
    """The demo, by the actions that the pages use."""

    help = (
        "Create the demo university: 200 invented people, four courses, requirements and fifteen months of history, so "
        "that every page shows something. Does nothing when it exists, wherever it answers now; cut off half-way, it "
        "begins its history again. "
        "Prints the address and who may sign in. Refuses where ALLOW_DEMO is off (production). Needs "
        "DATABASE_OWNER_URL the first time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--subdomain", default="demo", help="where it answers (default: demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ALLOW_DEMO:
            raise CommandError("ALLOW_DEMO is off: a demo has a password that everybody knows.")
        at, subdomain = clock.now(), options["subdomain"]
        tenant, token = lookup.once_at(subdomain), ""
        if tenant is None:
            tenant, token = self._make(subdomain)
        if not lifecycle.may(tenant.status, Deed.SERVE):
            self.stdout.write(
                f"demo       {subdomain} is {tenant.status}; delete the state folder for a new one"
            )
            return
        with context.inside(tenant), transaction.atomic():
            if not _has_history():
                Story(subdomain=subdomain, at=at, say=self._say(options)).tell()
                _let_in(token)
        self.stdout.write(f"demo       {links.absolute('/', tenant)}  {tenant.name}, 200 invented people")
        for local_part, what in CAST:
            self.stdout.write(f"           {local_part}@{population.DOMAIN}  {what}")
        self.stdout.write(f"           password for all three: {PASSWORD}")

    def _make(self, subdomain: str) -> tuple[TenantRef, str]:
        """The tenant, and its owner's token."""
        out = io.StringIO()
        call_command(
            "create_tenant",
            name=NAME,
            subdomain=subdomain,
            time_zone="Europe/Berlin",
            owner_name="Ada Alvarez",
            owner_email=f"ada.alvarez@{population.DOMAIN}",
            allow_reserved=True,
            no_trial=True,
            json=True,
            stdout=out,
        )
        path = urlsplit(json.loads(out.getvalue())["welcome_url"]).path
        return lookup.by_subdomain(subdomain), path.strip("/").rpartition("/")[2]

    def _say(self, options: dict[str, Any]) -> Any:
        return self.stderr.write if options["verbosity"] > 1 else lambda _line: None


def _has_history() -> bool:
    return get_user_model().objects.count() > len(CAST)


def _let_in(token: str) -> None:
    """A password for each of the cast, the way an invitation gives one."""
    at = clock.now()
    for local_part, _what in CAST:
        user = get_user_model().objects.get(email=f"{local_part}@{population.DOMAIN}")
        invitation = people_queries.open_invitation(token, at=at) if token else None
        is_own = invitation is not None and invitation.user == user
        own_token = token if is_own else people.invite(user=user, by=None, at=at)
        people.accept_invitation(token=own_token, password=PASSWORD, at=at)
