"""Which commands of others may be used here. Those that would break a rule of tenancy answer with the right one.

Django and the libraries bring commands that know one database with one set of tables. Here they would run in no
schema, in the wrong one, or in all of them by the owner's hand. Code of ours that needs what is inside one of them
gives `call_command` the command itself, not its name.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.management import CommandError, get_commands
from django.core.management.base import BaseCommand, CommandParser

OURS = ("tenants", "lms.", "compliance.", "billing")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a command is fine, or why it is not and what to use. `instead` is empty for what is fine."""

    reason: str
    instead: str = ""


FINE = {
    "check": "reads code and settings",
    "collectstatic": "copies files",
    "compilemessages": "files only",
    "findstatic": "files only",
    "makemessages": "files only",
    "makemigrations": "writes files; reads no tenant",
    "optimizemigration": "files only",
    "sendtestemail": "asks the mail server whether it answers; nothing is kept",
    "squashmigrations": "files only",
    "startapp": "files only",
    "startproject": "files only",
}

# Commands of others that tenants/management/commands replaces by its own of the same name.
REPLACED = {
    "clearsessions": "goes through every tenant",
    "shell": "says first whose data it is in, and is written into the tenant's history",
}

_MIGRATE = "migrate_public for the shared tables, then migrate_tenants"
_TAKE_OUT = "export_tenant"

REFUSED = {
    "account_unsetmultipleprimaryemails": Verdict(
        "it would change addresses in no tenant in particular; a person here has one address",
        "the page of the person",
    ),
    "changepassword": Verdict(
        "it sets a password that somebody else knows", "an invitation or the reset page"
    ),
    "createcachetable": Verdict("the cache is not in the database", "REDIS_URL"),
    "createsuperuser": Verdict(
        "there are no superusers; people have roles in a tenant",
        "create_tenant, and invitations inside the tenant",
    ),
    "dbshell": Verdict("it opens the login of every request, in no schema", "shell --tenant NAME, or psql"),
    "diffsettings": Verdict("it prints passwords and the secret key", "docs/operations/environment.md"),
    "dumpdata": Verdict("it reads no tenant in particular, past the rules of the export", _TAKE_OUT),
    "flush": Verdict("it empties tables", "nothing; tenants are closed and purged through their lifecycle"),
    "inspectdb": Verdict("its cost grows with every tenant", "docs/generated/schema.md"),
    "loaddata": Verdict("it writes rows past every rule", "import_roster, import_course"),
    "migrate": Verdict("it would migrate whatever schema comes first", _MIGRATE),
    "remove_stale_contenttypes": Verdict(
        "ids must stay the same in every tenant", "migrate_tenants, which removes them"
    ),
    "runserver": Verdict("it starts no worker and no scheduler, and no mail would leave", "make run"),
    "showmigrations": Verdict("it looks into no schema", "migrate_tenants --status, migrate_public --plan"),
    "sqlflush": Verdict("it prints how to empty tables", "nothing"),
    "sqlmigrate": Verdict("without a schema it prints nothing", "migrate_tenants --plan -v 2"),
    "sqlsequencereset": Verdict("sequences belong to schemas", "restore_tenant and import_tenant set them"),
    "test": Verdict("it would make a database without tenants", "make test"),
    "testserver": Verdict("it would make a database without tenants", "make run"),
    # django-tenants; its app is not installed, and who looks for its commands is told where to go.
    "all_tenants_command": Verdict(
        "it runs anything in every schema", "a command of ours, such as clearsessions"
    ),
    "clone_tenant": Verdict("it copies a schema with its people and sessions", "create_tenant"),
    "collectstatic_schemas": Verdict("files are the same for all tenants", "collectstatic"),
    "create_missing_schemas": Verdict("it makes schemas without roles and rights", "create_tenant"),
    "create_tenant_superuser": Verdict("there are no superusers", "an invitation inside the tenant"),
    "delete_tenant": Verdict("it drops a schema at one person's word", "closing and purging, which take two"),
    "migrate_schemas": Verdict("it stops at the first tenant that fails", _MIGRATE),
    "rename_schema": Verdict("schema names are random and stay", "a change of the subdomain"),
    "tenant_command": Verdict(
        "it runs anything in a schema by the login's rights", "the command's own --tenant"
    ),
}


class Refused(BaseCommand):
    """Answers with what to use instead, whatever it is asked. Exit code 1."""

    def __init__(self, name: str, verdict: Verdict) -> None:
        super().__init__()
        self.help = (
            f"`{name}` is refused: {verdict.reason}. Use instead: {verdict.instead}. Nothing was done."
        )

    def run_from_argv(self, argv: list[str]) -> NoReturn:
        self.stderr.write(self.help)
        sys.exit(1)

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        raise CommandError(self.help)

    def execute(self, *args: Any, **options: Any) -> NoReturn:
        raise CommandError(self.help)

    def print_help(self, *args: Any, **kwargs: Any) -> None:
        self.stdout.write(self.help)

    def rpartition(self, separator: str) -> tuple[str, str, str]:
        """`manage.py help` takes every entry of its list for the dotted name of an app."""
        return "", separator, "refused: their help says what to use instead"


def close() -> None:
    """Put the refusals in the place of the commands, for this process; Django keeps its list for good."""
    commands: dict[str, Any] = get_commands()
    commands |= {
        name: Refused(name, verdict) for name, verdict in REFUSED.items() if commands.get(name) != "tenants"
    }


def unlisted(source: Callable[[], dict[str, Any]] = get_commands) -> list[str]:
    """Commands of others that nobody has judged yet."""
    return sorted(
        name
        for name, app in source().items()
        if isinstance(app, str) and not app.startswith(OURS) and name not in FINE.keys() | REPLACED.keys()
    )
