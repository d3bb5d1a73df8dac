"""`manage.py migrate` is refused. It has a file because Django's checks load it by name for its autodetector."""

from typing import Any

from django.core.management.commands import migrate

from tenants.management import gate


class Command(gate.Refused, migrate.Command):
    """Django's own, shut."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("migrate", gate.REFUSED["migrate"])
