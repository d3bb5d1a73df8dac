"""A worker of its own process, to be killed: `python -m lms.jobs.tests.worker <host> <moment>`."""

import datetime as dt
import sys

import django


def main() -> None:
    """Run what is pending in one tenant at one moment."""
    django.setup()
    from lms.jobs import actions
    from lms.jobs.tests import runners
    from tenants import clock, context
    from tenants.models import Tenant

    runners.register()
    host, at = sys.argv[1], dt.datetime.fromisoformat(sys.argv[2])
    with context.public_schema():
        tenant = Tenant.objects.get(domains__domain=host).ref()
    with clock.frozen(at), context.inside(tenant):
        actions.run_pending(at=at, scheduled_for=at)


if __name__ == "__main__":
    main()
