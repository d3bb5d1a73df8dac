"""The engine: a rule over 100,000 people, one person's standing, and may somebody enter."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import statistics
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

import psycopg

from bench.measure import Result, compare
from bench.pages import bare
from bench.world import World, make_tenant
from config.local.stack import DATABASE_NAME

if TYPE_CHECKING:
    from tenants.context import TenantRef

MANY = int(os.environ.get("BENCH_PEOPLE", "100000"))
TIMES = 10_000
TODAY = dt.date(2026, 11, 23)
AT = dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

# The least that writes the same rows: who is meant, with the first cycle, due 30 days after the start or joining.
ASSIGN = """
WITH meant AS (
    SELECT a.user_id, min(a.starts_on) AS joined_on FROM people_affiliation a
      JOIN people_user u ON u.id = a.user_id AND u.is_active
     WHERE a.kind IN ('staff', 'faculty') AND a.starts_on <= %(today)s
       AND (a.ends_on IS NULL OR a.ends_on >= %(today)s)
       AND NOT EXISTS (SELECT FROM records_assignment r
                        WHERE r.user_id = a.user_id AND r.requirement_id = %(requirement)s AND r.withdrawn_on IS NULL)
     GROUP BY a.user_id
), assigned AS (
    INSERT INTO records_assignment (public_id, user_id, requirement_id, requirement_number, status, reason,
                                    assigned_on, withdrawn_reason)
    SELECT gen_random_uuid(), user_id, %(requirement)s, 1, 'active',
           jsonb_build_array(jsonb_build_array('joined_on', joined_on)), %(today)s, '[]' FROM meant
    RETURNING id, user_id
)
INSERT INTO records_compliancerecord (public_id, assignment_id, user_id, requirement_id, cycle, window_opens_on, due_on,
                                      original_due_on, grace_ends_on, is_adjusted, close_reason, created_at)
SELECT gen_random_uuid(), id, user_id, %(requirement)s, 1, %(today)s, %(due)s, %(due)s, %(due)s, true, '', now()
  FROM assigned
"""

MAY = """
SELECT 1 FROM records_assignment a JOIN records_compliancerecord c ON c.assignment_id = a.id
 WHERE a.user_id = %(user)s AND a.requirement_id = %(requirement)s AND a.status <> 'withdrawn'
   AND c.valid_until >= %(today)s
"""


# Every second one has finished the cycle, for a year.
TRAINED = """
UPDATE records_compliancerecord
   SET completed_at = %(today)s, completed_on = %(today)s, valid_from = %(today)s, valid_until = %(until)s,
       anchored_on = %(today)s, late_days = 0
 WHERE user_id %% 2 = 0 AND completed_at IS NULL
"""


def populate(count: int) -> int:
    """So many of staff and one requirement for them, in the tenant in force; answers the requirement's id."""
    from compliance.requirements.tests.factories import make_requirement
    from lms.people.models import Affiliation, User
    from lms.people.tests.factories import make_department

    law = make_department()
    for start in range(0, count, 5000):
        users = User.objects.bulk_create(
            User(given_name="P", family_name=str(n), email=f"p{n}@bench.example", created_at=AT,
                 first_day_on=dt.date(2020, 1, 6))
            for n in range(start, min(start + 5000, count))
        )  # fmt: skip
        Affiliation.objects.bulk_create(
            Affiliation(user=user, department=law, kind="staff", starts_on=dt.date(2020, 1, 6))
            for user in users
        )
    requirement_id: int = make_requirement(starts_on=dt.date(2026, 11, 1)).pk
    return requirement_id


def execute(sql: str, **parameters: int | str | dt.date) -> None:
    """One statement in the tenant in force."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def run(world: World) -> list[Result]:
    """A large tenant, and one person without a database."""
    from tenants.context import inside

    tenant = make_tenant(world, "large")
    with inside(tenant):
        execute("SET statement_timeout = 0")
        requirement = populate(MANY)
        reconciled = reconciling(world, tenant, requirement)
        execute(TRAINED, today=TODAY, until=TODAY + 365 * DAY)
        execute("ANALYZE records_assignment; ANALYZE records_compliancerecord")
        return [reconciled, asking(requirement), asking_over_http(tenant, requirement), standing()]


def reconciling(world: World, tenant: TenantRef, requirement: int) -> Result:
    """One rule over everybody, who then have it."""
    from compliance.records import actions

    def emptied() -> None:
        # As if never written: what the history kept of earlier rounds must not weigh on later ones.
        if world.stack.postgres is None:
            raise RuntimeError("Benchmarks run on the embedded PostgreSQL.")
        with psycopg.connect(
            world.stack.postgres.superuser_dsn, dbname=DATABASE_NAME, autocommit=True
        ) as superuser:
            superuser.execute("SET session_replication_role = replica")
            superuser.execute(f"SET search_path = {tenant.schema_name}".encode())
            superuser.execute("TRUNCATE records_assignment, records_compliancerecord, history_change CASCADE")
            superuser.execute("ANALYZE people_user, people_affiliation, records_assignment")
            superuser.execute("CHECKPOINT")

    return compare(
        "reconcile",
        ours=lambda: actions.reconcile(requirement_id=requirement, today=TODAY, at=AT),
        floor=lambda: execute(ASSIGN, today=TODAY, requirement=requirement, due=TODAY + 30 * DAY),
        floor_is=f"one INSERT ... SELECT written by hand that gives the same {MANY:,} people the same "
        "assignment and first cycle, knowing this one rule",
        before=emptied,
        rounds=int(os.environ.get("BENCH_ROUNDS", "2")),
        warm_up=0,
    )


def asking(requirement: int) -> Result:
    """May somebody enter, asked of two hundred people, of whom every second is trained."""
    from compliance.records import queries

    users = asked_about()

    def asked() -> None:
        for user_id in users:
            queries.may(user_id, requirement, TODAY)

    def probed() -> None:
        for user_id in users:
            execute(MAY, user=user_id, requirement=requirement, today=TODAY)

    may = compare(
        "may-access",
        ours=asked,
        floor=probed,
        floor_is=f"a statement written by hand with the same two look-ups, {len(users)} times over",
        rounds=20,
    )
    return each(may, len(users), "question")


def asked_about() -> list[int]:
    """Two hundred people, spread evenly, every second of them trained."""
    from compliance.records.models import Assignment

    everybody = list(Assignment.objects.order_by("user_id").values_list("user_id", flat=True))
    step = max(1, len(everybody) // 200)
    return [user_id for start in everybody[:: 2 * step] for user_id in (start, start + 1)]


def asking_over_http(tenant: TenantRef, requirement: int) -> Result:
    """The same as another system asks: a whole request through every middleware, its key checked and counted."""
    from django.test import Client

    from compliance.records import actions
    from compliance.requirements.models import Requirement
    from lms.people.models import User
    from tenants import clock

    officer, public_id = User.objects.earliest("pk"), Requirement.objects.get(pk=requirement).public_id
    _key, secret = actions.create_key(name="Doors", by=officer, at=clock.now())
    client = Client(headers={"host": tenant.host, "authorization": f"Bearer {secret}"})
    names = User.objects.in_bulk(asked_about())
    people = itertools.cycle([user.email for user in names.values()])

    def asked() -> None:
        answer = client.get("/api/access/", {"person": next(people), "requirement": str(public_id)})
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"/api/access/ answered {answer.status_code}")

    probe = MAY.replace("records_", f"{tenant.schema_name}.records_")
    return compare(
        "may-access-http",
        ours=asked,
        floor=bare(probe % {"user": min(names), "requirement": requirement, "today": f"'{TODAY}'"}),
        floor_is="a Django view without middleware, key or limit that runs the statement written by hand",
        rounds=400,
        warm_up=20,
        note=f"One question about one of {MANY:,} people, through the whole site, in this process.",
    )


def standing() -> Result:
    """Where one person stands, without a database."""
    from compliance.core.standing import standing_of
    from compliance.core.terms import CycleFacts

    cycles = [
        CycleFacts(n, day, day + 30 * DAY, day + 30 * DAY, day + 20 * DAY, day + 20 * DAY, day + 385 * DAY)
        for n, day in enumerate((TODAY - 900 * DAY, TODAY - 530 * DAY), start=1)
    ]
    cycles.append(CycleFacts(3, TODAY - 200 * DAY, TODAY - 100 * DAY, TODAY - 90 * DAY))
    judged = compare(
        "standing",
        ours=lambda: [standing_of(cycles, TODAY) for _ in range(TIMES)],
        floor=lambda: [[(each.due_on < TODAY, each.valid_until) for each in cycles] for _ in range(TIMES)],
        floor_is=f"looking at the due date of each of the person's three cycles, {TIMES:,} times over",
        rounds=20,
    )
    return each(judged, TIMES, "person")


def each(result: Result, count: int, what: str) -> Result:
    """The same with microseconds a single one in its note."""
    mine, least = (statistics.median(times) / count * 1e6 for times in (result.ours, result.floor))
    return replace(result, note=f"Ours {mine:,.1f} microseconds a {what}, the floor {least:,.1f}.")
