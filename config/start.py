"""Before the first request or job: a process whose database login is too strong does not serve."""

import sys

import structlog
from django.core import checks
from django.db import OperationalError, ProgrammingError

log = structlog.get_logger(__name__)
_EXIT_CODE = 3  # gunicorn takes one of its workers that ends so as a reason to stop, not to try again


def refuse_unless_safe() -> None:
    """End this process when a check of the tenancy or of the database finds an error.

    While the database does not answer nothing can be said; /readyz keeps visitors away until it does, and asks again.
    """
    try:
        errors = faults()
    except (OperationalError, ProgrammingError) as error:
        log.warning("start.unchecked", error=type(error).__name__)
        return
    for sentence in errors:
        print(f"Duly does not serve: {sentence}", file=sys.stderr, flush=True)  # noqa: T201  logs may not be set up
    if errors:
        sys.exit(_EXIT_CODE)


def faults() -> list[str]:
    """The sentences of every failed check of the tenancy and of the database login."""
    found = checks.run_checks(tags=["tenants", checks.Tags.database], databases=["default"])
    return [f"{each.id}: {each.msg}" for each in found if each.is_serious() and not each.is_silenced()]
