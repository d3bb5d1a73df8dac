"""What must be equal before and after: how everybody stands, and every byte of a schema."""

import hashlib
from typing import Any

from tenants import clock, context
from tenants.context import TenantRef
from tenants.portability import snapshot
from tenants.portability.policy import Policy
from tenants.tests.factories import AT

_AS_STORED = Policy(left_out={}, replaced={})
STRUCTURE = {"django_migrations", "django_content_type", "auth_permission"}


def compliance(tenant: TenantRef) -> dict[str, Any]:
    """Every figure, every person's standing in every requirement, and every certificate, as of AT."""
    from compliance.records import queries as records
    from lms.learning.models import Certificate
    from lms.people.models import User

    with context.inside(tenant):
        today = clock.today(AT)
        rows = records.people(today)
        return {
            "totals": records.totals(rows),
            "departments": records.by_department(rows),
            "requirements": records.by_requirement(today),
            "people": [dict(row) for row in rows.order_by("user_id")],
            "owed": {user.pk: records.owed_by(user.pk, today) for user in User.objects.order_by("pk")[:40]},
            "obligations": list(records.obligations(today).order_by("assignment_id").values()),
            "certificates": list(Certificate.objects.order_by("pk").values()),
        }


def checksums(tenant: TenantRef) -> dict[str, tuple[int, str]]:
    """Rows and SHA-256 of every table of a tenant."""
    found = {}
    with snapshot.of(tenant) as taken:
        for table in taken.tables():
            digest = hashlib.sha256(b"".join(taken.copy_out(table, _AS_STORED))).hexdigest()
            found[table.name] = (taken.count(table), digest)
    return found
