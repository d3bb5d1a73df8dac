"""The page of a job: whose it is, how far it is, and when it stops asking."""

import datetime as dt

import pytest

from lms.jobs import actions, queries
from lms.jobs.enums import JobStatus
from lms.jobs.models import Job
from lms.jobs.tests import runners
from tenants import clock
from tenants.context import inside
from tenants.tests.factories import AT

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _kinds():
    runners.register()
    with clock.frozen(AT):
        yield


@pytest.fixture
def job(alpha, ada):
    with inside(alpha):
        return actions.start(kind="probe.count", params={"items": 35}, by=ada, at=AT)


def set_job(tenant, **fields):
    with inside(tenant):
        Job.objects.update(**fields)


def url(job, ending=""):
    return f"/jobs/{job.public_id}/{ending}"


def test_only_its_owner_and_holders_of_its_permission_see_a_job(
    client_for, alpha, beta, ada, bo, dee, cy, job
):
    assert client_for(alpha, ada).get(url(job)).status_code == 200
    for tenant, stranger in ((alpha, dee), (alpha, bo), (beta, cy)):
        assert client_for(tenant, stranger).get(url(job)).status_code == 404
        assert client_for(tenant, stranger).post(url(job, "cancel/")).status_code == 404
    assert client_for(alpha).get(url(job)).status_code == 302
    set_job(alpha, owner=None)
    assert client_for(alpha, ada).get(url(job)).status_code == 200, "she may import people"


def test_a_waiting_job_asks_again_by_itself_with_and_without_javascript(client_for, alpha, ada, job):
    page = client_for(alpha, ada).get(url(job)).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert "You can leave this page" in page


def test_a_running_job_shows_figures_phase_and_bar(client_for, alpha, ada, job):
    with inside(alpha):
        from lms.jobs.actions import running

        held = running.Running(running._claim(AT), AT)
        with held.chunk(done=12_340, total=100_000, phase="Saving people"):
            pass
    page = client_for(alpha, ada).get(url(job)).content.decode()
    assert "12,340 of 100,000 items" in page
    assert 'value="12" max="100"' in page
    assert "Saving people" in page


def test_the_fragment_announces_each_quarter_once(client_for, alpha, ada, job):
    client = client_for(alpha, ada)
    set_job(alpha, done_count=30, total_count=100)
    news = client.get(url(job) + "?said=0", headers=FRAGMENT).content.decode()
    assert "<html" not in news
    assert "25 percent done" in news
    old = client.get(url(job) + "?said=25", headers=FRAGMENT).content.decode()
    assert "percent done" not in old


def test_a_finished_job_stops_asking_and_leads_to_its_result(client_for, alpha, ada, job):
    with inside(alpha):
        actions.run_pending(at=AT, scheduled_for=AT)
    client = client_for(alpha, ada)
    fragment = client.get(url(job) + "?said=75", headers=FRAGMENT).content.decode()
    assert "hx-trigger" not in fragment
    assert 'href="/counted/35/"' in fragment
    assert "hx-swap-oob" in fragment
    assert 'http-equiv="refresh"' not in client.get(url(job)).content.decode()


def test_a_failed_job_says_what_was_done_what_not_and_a_code(client_for, alpha, ada, job):
    set_job(
        alpha,
        status=JobStatus.FAILED,
        done_count=10,
        total_count=35,
        problem="The disk is full.",
        reference="AB12CD34",
    )
    page = client_for(alpha, ada).get(url(job)).content.decode()
    assert "The disk is full." in page
    assert "10 of 35 items were saved and stay saved" in page
    assert "AB12CD34" in page
    set_job(alpha, done_count=0)
    assert "Nothing was changed." in client_for(alpha, ada).get(url(job)).content.decode()


def test_a_job_is_cancelled_by_a_post(client_for, alpha, ada, job):
    client = client_for(alpha, ada)
    assert client.get(url(job, "cancel/")).status_code == 405
    response = client.post(url(job, "cancel/"))
    assert (response.status_code, response.headers["Location"]) == (303, url(job))
    page = client.get(url(job)).content.decode()
    assert "Cancelled" in page
    assert "Nothing was changed." in page
    client.post(url(job, "cancel/"))
    assert "had already ended" in client.get(url(job)).content.decode()


def test_a_silent_job_is_said_to_pause(client_for, alpha, ada, job):
    with inside(alpha):
        from lms.jobs.actions import running

        running._claim(AT)
    with clock.frozen(AT + dt.timedelta(seconds=61)):
        assert "It will continue by itself" in client_for(alpha, ada).get(url(job)).content.decode()


@pytest.mark.parametrize(("minutes", "seconds"), [(0, 2), (2, 5), (11, 15)])
def test_polling_slows_down(alpha, job, minutes, seconds):
    with inside(alpha):
        assert queries.progress(job, at=AT + dt.timedelta(minutes=minutes)).poll_seconds == seconds


@pytest.mark.parametrize(
    ("done", "spent", "left"), [(1, 600, None), (50, 5, None), (50, 120, 2), (99, 120, 0), (0, 120, None)]
)
def test_time_left_is_guessed_only_with_ground(alpha, job, done, spent, left):
    with inside(alpha):
        job.status, job.started_at, job.done_count, job.total_count = JobStatus.RUNNING, AT, done, 100
        assert queries.progress(job, at=AT + dt.timedelta(seconds=spent)).minutes_left == left


def test_one_sees_ones_own_open_jobs(alpha, ada, bo, job):
    with inside(alpha):
        assert queries.running_of(ada) == [job]
        assert queries.running_of(bo) == []
