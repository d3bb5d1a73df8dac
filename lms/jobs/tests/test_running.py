"""Long work is done exactly once, whatever happens to its workers."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading

import pytest
from django.db import connections

from lms.audit.models import Event
from lms.jobs import actions, kinds
from lms.jobs.actions.running import LEASE, LONG_PAUSE, MOST_ATTEMPTS, Running
from lms.jobs.enums import JobStatus
from lms.jobs.models import Job
from lms.jobs.tests import runners
from tenants import clock, context
from tenants.tests.factories import AT

SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _kinds():
    runners.register()


@pytest.fixture
def _alpha(in_alpha):
    with clock.frozen(AT):
        yield


def start(kind="probe.count", **params):
    return actions.start(kind=kind, params={"items": 35, **params}, by=None, at=AT)


def run(at=AT):
    with clock.frozen(at):
        return actions.run_pending(at=at, scheduled_for=at)


def counted():
    return sorted(
        int(number)
        for number in Event.objects.filter(action="probe.counted").values_list("object_id", flat=True)
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("_alpha")
def test_a_job_runs_in_chunks_and_keeps_its_result():
    job = start()
    assert run() is None
    job.refresh_from_db()
    assert (job.status, job.done_count, job.total_count) == (JobStatus.DONE, 35, 35)
    assert (job.phase, job.result, job.finished_at) == ("Counting", {"items": 35}, AT)
    assert counted() == list(range(35))


@pytest.mark.django_db
@pytest.mark.usefixtures("_alpha")
def test_a_job_of_an_unknown_kind_cannot_be_started():
    with pytest.raises(kinds.UnknownKind):
        start(kind="probe.nothing")
    assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("_alpha")
def test_a_failure_that_will_not_mend_ends_the_job_with_its_sentence_and_keeps_whole_chunks():
    job = start(fails_at=20)
    assert run() is None
    job.refresh_from_db()
    assert (job.status, job.done_count) == (JobStatus.FAILED, 10)
    assert job.problem == "The file has no column with e-mail addresses."
    assert counted() == list(range(10)), "the chunk that failed left nothing"


@pytest.mark.django_db
@pytest.mark.usefixtures("_alpha")
def test_a_crash_is_tried_again_with_growing_pauses_and_then_parked_with_a_code():
    job, at, tries = start(crashes_at=20), AT, 0
    while at is not None:
        at, tries = run(at), tries + 1
        assert tries < 20
    job.refresh_from_db()
    assert (job.status, job.done_count, counted()) == (JobStatus.FAILED, 10, list(range(10)))
    assert len(job.reference) == 8
    assert "5" in job.problem
    assert tries == MOST_ATTEMPTS + 1, "the chunk that was finished at first forgave the first attempt"


@pytest.mark.django_db
@pytest.mark.usefixtures("_alpha")
def test_naming_a_phase_is_no_progress_and_does_not_keep_a_broken_job_alive():
    job, at, tries = start(kind="probe.announce"), AT, 0
    while at is not None and tries < 20:
        at, tries = run(at), tries + 1
    job.refresh_from_db()
    assert (job.status, tries) == (JobStatus.FAILED, MOST_ATTEMPTS)


@pytest.mark.django_db
@pytest.mark.usefixtures("_alpha")
def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_after_its_chunk(ada):
    waiting = start()
    assert actions.cancel(job=waiting, by=ada, at=AT)
    run()
    waiting.refresh_from_db()
    assert (waiting.status, counted()) == (JobStatus.CANCELLED, [])
    assert not actions.cancel(job=waiting, by=ada, at=AT), "it had ended already"
    running = held()
    assert actions.cancel(job=running.job, by=ada, at=AT)
    with pytest.raises(kinds.Stopped), running.chunk(done=10):
        runners.audit.record(action="probe.counted", by=None, at=AT, object_id=0)
    assert counted() == [], "the chunk in progress was undone"
    assert Event.objects.filter(action="jobs.cancelled").count() == 2


def held():
    from lms.jobs.actions import running

    start()
    job = running._claim(AT)
    assert job is not None
    return Running(job, AT)


@pytest.mark.django_db
@pytest.mark.usefixtures("_alpha")
def test_nobody_else_takes_a_job_while_its_worker_lives_and_somebody_does_afterwards():
    first = held()
    assert run(AT + SECOND) == AT + LEASE
    with clock.frozen(AT + 15 * SECOND), first.chunk(done=10, state={"done": 10}):
        pass
    assert run(AT + LEASE) == AT + 15 * SECOND + LEASE, "the chunk was a sign of life"
    assert run(AT + 60 * SECOND) is None
    job = Job.objects.get()
    assert (job.status, counted()) == (JobStatus.DONE, list(range(10, 35)))


@pytest.mark.django_db
@pytest.mark.usefixtures("_alpha")
def test_a_worker_that_was_given_up_for_dead_can_save_nothing():
    zombie = held()
    run(AT + 60 * SECOND)
    with pytest.raises(kinds.Stopped), zombie.chunk(done=10):
        runners.audit.record(action="probe.counted", by=None, at=AT, object_id=99)
    assert counted() == list(range(35))


@pytest.mark.django_db
def test_a_job_speaks_the_language_of_whoever_started_it(in_alpha, ada, monkeypatch):
    from django.utils import translation

    heard = []
    monkeypatch.setattr(runners, "stumble", lambda job, upto: heard.append(translation.get_language()))
    ada.locale = "de"
    ada.save()
    with clock.frozen(AT):
        actions.start(kind="probe.count", params={"items": 1}, by=ada, at=AT)
        run()
    assert heard == ["de"]


def test_nobody_takes_a_job_in_a_long_chunk_however_long_and_somebody_does_once_it_is_let_go(campus):
    begun, over = threading.Event(), threading.Event()

    def work():
        with context.inside(campus), clock.frozen(AT):
            chunk = held().chunk(done=10, state={"done": 10}, is_long=True)
            try:
                with chunk:
                    begun.set()
                    assert over.wait(30)
            finally:
                connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(30)
    late = AT + 100 * SECOND
    with context.inside(campus):
        assert run(late) == late + LONG_PAUSE
        assert counted() == []
    over.set()
    worker.join()
    with context.inside(campus):
        assert run(late) is None
        assert counted() == list(range(10, 35))


@pytest.mark.slow
def test_a_worker_killed_within_a_chunk_leaves_nothing_of_it_and_the_next_one_goes_on(campus):
    with context.inside(campus), clock.frozen(AT):
        job = start(killed_at=20)
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    worker = subprocess.Popen(
        [sys.executable, "-m", "lms.jobs.tests.worker", campus.host, AT.isoformat()], env=environment
    )
    assert worker.wait(60) == -signal.SIGKILL
    with context.inside(campus):
        job.refresh_from_db()
        assert (job.status, job.done_count, counted()) == (JobStatus.RUNNING, 10, list(range(10)))
        Job.objects.update(params={"items": 35})
        assert run(AT + SECOND) == AT + LEASE, "its lease still runs"
        assert run(AT + LEASE) is None
        job.refresh_from_db()
        assert (job.status, counted()) == (JobStatus.DONE, list(range(35)))
