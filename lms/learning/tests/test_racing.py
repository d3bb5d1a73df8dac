"""Fifty posts at once, in real threads on real connections: one completion, one certificate, one event."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from lms.audit.models import Event
from lms.catalog.tests.factories import make_version, text
from lms.learning import actions, events
from lms.learning.models import Certificate, Enrollment, Progress, QuizAttempt
from lms.learning.tests.factories import lesson_of, make_enrollment, read_all, right_answers
from lms.people.tests.factories import make_user
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.models import Domain, Tenant
from tenants.provisioning import schemas
from tenants.tests.factories import AT

SCHEMA = "t_racing234567"
THREADS = 50


@pytest.fixture
def racing(django_db_setup, django_db_blocker):
    """A tenant of its own, really committed to, and gone afterwards."""
    with django_db_blocker.unblock():
        with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
            schemas.cut(owner, SCHEMA)
        with public_schema():
            tenant = Tenant.objects.create(
                schema_name=SCHEMA,
                name="Racing",
                status=TenantStatus.ACTIVE,
                time_zone="UTC",
                token_epoch="x",
                created_at=AT,
            )
            Domain.objects.create(domain="racing.duly.localhost", tenant=tenant, is_primary=True)
            ref = tenant.ref()
        try:
            yield ref
        finally:
            with public_schema():
                tenant.delete()
            connections.close_all()
            with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
                schemas.drop(owner, SCHEMA)


@pytest.fixture
def heard():
    facts: list[Any] = []

    def hear(sender, **kwargs):
        facts.append(kwargs)

    events.completed.connect(hear)
    yield facts
    events.completed.disconnect(hear)


def at_once(tenant: TenantRef, work: Callable[[], object]) -> list[object]:
    """Run `work` in many threads that set off together; answers what each returned or raised."""
    start, outcomes = threading.Barrier(10), []

    def run() -> None:
        with inside(tenant):
            start.wait(30)
            for __ in range(THREADS // 10):
                try:
                    outcomes.append(work())
                except Exception as error:
                    outcomes.append(error)
        connections.close_all()

    threads = [threading.Thread(target=run) for __ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_finishing_the_last_lesson_fifty_times_at_once_completes_once(racing, heard, at):
    with inside(racing):
        dee = make_user(email="dee@racing.example")
        enrollment = make_enrollment(dee, make_version(text("only")))
        lesson = lesson_of(enrollment, "only")
    outcomes = at_once(
        racing,
        lambda: actions.complete_lesson(enrollment=enrollment, lesson=lesson, by=dee, at=at).is_completed,
    )
    assert outcomes == [True] * THREADS
    _finished_once(racing, heard)


def test_handing_in_fifty_times_at_once_grades_and_completes_once(racing, heard, at):
    with inside(racing):
        dee = make_user(email="dee@racing.example")
        enrollment = make_enrollment(dee)
        read_all(enrollment, by=dee)
        attempt = actions.start_attempt(
            enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at
        )
        for place, chosen in right_answers(attempt).items():
            actions.save_answer(attempt=attempt, place=place, chosen=chosen, by=dee)
    outcomes = at_once(racing, lambda: actions.submit(attempt=attempt, by=dee, at=at).score)
    assert outcomes == [100] * THREADS
    _finished_once(racing, heard)


def test_starting_fifty_times_at_once_makes_one_pass_and_one_paper(racing, at):
    with inside(racing):
        dee = make_user(email="dee@racing.example")
        version = make_version(text("a"))
        quizzed = make_version(key="other")
        waiting = make_enrollment(dee, quizzed)
        read_all(waiting, by=dee)
        lesson = lesson_of(waiting, "quiz")
    passes = at_once(racing, lambda: make_enrollment(dee, version).pk)
    papers = at_once(
        racing, lambda: actions.start_attempt(enrollment=waiting, lesson=lesson, by=dee, at=at).pk
    )
    assert len(set(passes)) == 1
    assert len(set(papers)) == 1
    with inside(racing):
        assert Enrollment.objects.count() == 2
        assert QuizAttempt.objects.count() == 1


def test_answers_saved_at_once_are_all_kept(racing, at):
    with inside(racing):
        dee = make_user(email="dee@racing.example")
        enrollment = make_enrollment(dee)
        read_all(enrollment, by=dee)
        attempt = actions.start_attempt(
            enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at
        )
    places = iter([1, 2, 3, 4] * THREADS)
    lock = threading.Lock()

    def save() -> None:
        with lock:
            place = next(places)
        actions.save_answer(attempt=attempt, place=place, chosen=[1], by=dee)

    assert at_once(racing, save) == [None] * THREADS
    with inside(racing):
        attempt.refresh_from_db()
        assert attempt.answers == {"1": [1], "2": [1], "3": [1], "4": [1]}


def _finished_once(racing: TenantRef, heard: list[Any]) -> None:
    with inside(racing):
        assert Enrollment.objects.filter(state="completed").count() == 1
        assert Certificate.objects.count() == 1
        assert Event.objects.filter(action="course.completed").count() == 1
        assert Progress.objects.count() == Progress.objects.exclude(completed_at=None).count()
    assert len(heard) == 1
