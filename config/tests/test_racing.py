"""Two people press a button at the same moment, on connections of their own: the database lets one of them wait."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from lms.catalog import actions as catalog
from lms.catalog.facts import starter
from lms.catalog.models import Course
from lms.jobs.models import Job
from lms.people import actions as people
from lms.people.models import User
from lms.people.tests.factories import make_user
from lms.takeout import actions as takeout
from tenants.context import TenantRef, inside
from tenants.entitlements import PLANS
from tenants.plans import LimitReached
from tenants.tests.factories import AT

# Long enough for the other thread to get as far as it can, which without a lock is all the way.
MEET_SECONDS = 1.5


def _both(tenant: TenantRef, press: Callable[[int], object]) -> list[object]:
    """What two threads get from `press`, neither of which commits before the other is done or has to wait for it."""
    meeting = threading.Barrier(2)

    def one(number: int) -> object:
        try:
            with inside(tenant), transaction.atomic():
                answer = press(number)
                with suppress(threading.BrokenBarrierError):
                    meeting.wait(MEET_SECONDS)
            return answer
        except LimitReached as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(2)))


def _limited(tenant: TenantRef, **limits: Any) -> TenantRef:
    return replace(tenant, entitlements=replace(PLANS["unlimited"], **limits))


def _refusals(answers: list[object]) -> int:
    return sum(isinstance(answer, LimitReached) for answer in answers)


def test_two_owners_start_one_takeout(campus: TenantRef, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIR = str(tmp_path)
    with inside(campus):
        owners = [make_user(given_name=name) for name in ("Ada", "Cy")]
    answers = _both(campus, lambda number: takeout.start(by=owners[number], at=AT))
    with inside(campus):
        assert [job.pk for job in Job.objects.filter(kind="takeout.make")] == [answers[0].pk]  # type: ignore[attr-defined]
    assert answers[0] == answers[1]


def test_the_next_takeout_is_another_one(campus: TenantRef, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIR = str(tmp_path)
    with inside(campus):
        first = takeout.start(by=make_user(), at=AT)
        Job.objects.filter(pk=first.pk).update(status="done")
        assert takeout.start(by=User.objects.get(), at=AT).pk != first.pk


def test_two_people_added_at_once_do_not_exceed_the_plan(campus: TenantRef) -> None:
    def add(number: int) -> object:
        values = {"given_name": "P", "family_name": str(number), "email": f"p{number}@campus.example"}
        return people.add_person(values=values, by=None, at=AT)

    with inside(campus):
        make_user()
    assert _refusals(_both(_limited(campus, people=2), add)) == 1
    with inside(campus):
        assert User.objects.filter(is_active=True).count() == 2


def test_two_courses_saved_at_once_do_not_exceed_the_plan(campus: TenantRef) -> None:
    plan = starter.first_course()

    def save(number: int) -> object:
        return catalog.import_course(plan=replace(plan, key=f"course-{number}"), by=None, at=AT)

    assert _refusals(_both(_limited(campus, courses=1), save)) == 1
    with inside(campus):
        assert Course.objects.count() == 1
