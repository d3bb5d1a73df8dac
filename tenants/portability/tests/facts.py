"""What must be equal before and after: how everybody stands, and every byte of a schema."""

import datetime as dt
import hashlib
from typing import Any

from compliance.core import audience
from tenants import clock, context
from tenants.context import TenantRef
from tenants.portability import snapshot
from tenants.portability.policy import Policy
from tenants.tests.factories import AT

_AS_STORED = Policy(left_out={}, replaced={})
# So many days before AT, what is asked for: each means at least one person of the world.
RULES: tuple[tuple[int, audience.Json], ...] = (
    (0, {"groups": ["LASER"]}),
    (0, {"access": {"systems": ["BOOKS"], "ahead_days": 9}}),
    (0, {"field": {"key": "clearance", "is": "set"}}),
    (0, {"field": {"key": "own_text", "is": "one_of", "words": ["Ä “quoted”, with; all"]}}),
    (0, {"field": {"key": "own_yes_no", "is": "no"}}),
    (0, {"field": {"key": "own_number", "is": "equal", "number": "-12.34"}}),
    (0, {"field": {"key": "own_date", "is": "before", "day": "2026-03-01"}}),
    (70, {"field": {"key": "own_past", "is": "set"}}),
)
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


def kept(tenant: TenantRef) -> dict[str, Any]:
    """The groups, accesses and fields there are, what they say of everybody, and whom rules mean by them."""
    from compliance.requirements import queries as requirements
    from lms.people import queries as people
    from lms.people.models import Group, PersonField

    with context.inside(tenant):
        today = clock.today(AT)
        return {
            "groups": list(Group.objects.order_by("pk").values()),
            "fields": list(PersonField.objects.order_by("pk").values()),
            "people": [(one.user_id, one.groups, one.fields) for one in people.person_facts()],
            "meant": [
                requirements.meant_ids(audience.parse(rule), today - days * dt.timedelta(days=1))
                for days, rule in RULES
            ],
        }


def checksums(tenant: TenantRef) -> dict[str, tuple[int, str]]:
    """Rows and SHA-256 of every table of a tenant."""
    found = {}
    with snapshot.of(tenant) as taken:
        for table in taken.tables():
            digest = hashlib.sha256(b"".join(taken.copy_out(table, _AS_STORED))).hexdigest()
            found[table.name] = (taken.count(table), digest)
    return found
