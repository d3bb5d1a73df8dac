"""May somebody have access now: from the same standing as every page, by one indexed statement."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.oversight.tests.factories import STATES, TODAY, give
from compliance.records import queries
from compliance.records.enums import ComplianceStatus
from compliance.records.models import Assignment, ComplianceRecord
from compliance.requirements.tests.factories import make_requirement
from lms.people.models import User
from lms.people.tests.factories import make_user
from tenants.context import TenantRef, inside
from tenants.tests.factories import AT


@pytest.mark.parametrize("state", STATES)
def test_only_who_is_trained_today_may(in_alpha: TenantRef, state: str) -> None:
    user, requirement = make_user(), make_requirement()
    give(user, requirement, state)
    assert queries.may(user.pk, requirement.pk, TODAY).is_allowed is (
        state in {"compliant", "for_good", "expiring"}
    )


def test_who_has_no_line_or_is_gone_may_not(in_alpha: TenantRef) -> None:
    user, requirement = make_user(), make_requirement()
    assert queries.may(user.pk, requirement.pk, TODAY) == queries.Access(False, ComplianceStatus.NOT_IN_SCOPE)
    give(user, requirement, "for_good")
    User.objects.update(is_active=False)
    assert not queries.may(user.pk, requirement.pk, TODAY).is_allowed


def test_who_waits_for_another_requirement_may_not_whatever_was_done_before(in_alpha: TenantRef) -> None:
    user, requirement = make_user(), make_requirement()
    give(user, requirement, "for_good")
    reason = [["kind", "staff"], ["waits_for", "Basics"], ["first_due_days", "30"]]
    Assignment.objects.update(status="waiting", reason=reason)
    found = queries.answer(user.pk, requirement.pk, TODAY)
    assert found.because == (("waits_for", "Basics"), ("first_due_days", "30"))
    assert (found.is_allowed, found.status) == (False, ComplianceStatus.NOT_YET_DUE)
    assert queries.may(user.pk, requirement.pk, TODAY) == queries.Access(False, ComplianceStatus.NOT_YET_DUE)


def test_nobody_is_let_in_by_the_same_ids_in_the_tenant_beside(alpha: TenantRef, beta: TenantRef) -> None:
    with inside(alpha):
        user, requirement = make_user(), make_requirement()
        give(user, requirement, "for_good")
    with inside(beta):
        assert not queries.may(user.pk, requirement.pk, TODAY).is_allowed


def test_it_is_one_statement_that_reads_no_table_through(in_alpha: TenantRef) -> None:
    requirement = make_requirement()
    users = User.objects.bulk_create(
        User(given_name="P", family_name=str(number), email=f"p{number}@x.example", created_at=AT)
        for number in range(3000)
    )
    assignments = Assignment.objects.bulk_create(
        Assignment(user=user, requirement=requirement, assigned_on=dt.date(2026, 1, 1)) for user in users
    )
    ComplianceRecord.objects.bulk_create(_record(each) for each in assignments)
    with connection.cursor() as cursor:
        for table in ("people_user", "records_assignment", "records_compliancerecord"):
            cursor.execute(f"ANALYZE {table}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queries.may(users[7].pk, requirement.pk, TODAY)
    assert len(asked) == 1
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + asked[0]["sql"])
        plan = str(cursor.fetchone()[0])
    for table in ("people_user", "records_assignment", "records_compliancerecord"):
        assert (
            f"'Seq Scan', 'Parallel Aware': False, 'Async Capable': False, 'Relation Name': '{table}'"
            not in plan
        )
    assert "Index" in plan


def _record(assignment: Any) -> ComplianceRecord:
    day = dt.date(2026, 2, 1)
    return ComplianceRecord(
        assignment=assignment, user=assignment.user, requirement=assignment.requirement, cycle=1,
        window_opens_on=day, due_on=day, original_due_on=day, grace_ends_on=day, created_at=AT,
    )  # fmt: skip
