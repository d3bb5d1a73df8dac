"""Events that concern many: worked out by a job, confirmed as seen, recorded by a job once or stopped in words."""

import datetime as dt
import re
from typing import Any

import pytest

from compliance.oversight.tests.factories import give
from compliance.oversight.tests.test_events import (
    Browser,
    cast,  # noqa: F401  (a fixture)
    fingerprint_of,
    told,
)
from compliance.records import queries
from compliance.records.models import TriggeringEvent
from compliance.records.queries import triggers
from lms.jobs import actions as jobs
from lms.jobs.enums import JobStatus
from lms.jobs.models import Job
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture(autouse=True)
def _many(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHANGE_JOB_PEOPLE = 1
    monkeypatch.setattr(triggers, "PART", 1)


def work(tenant: Any, at: dt.datetime) -> None:
    with inside(tenant):
        jobs.run_pending(at=at, scheduled_for=at)


def test_worked_out_confirmed_and_recorded_once(
    client_for: Browser,
    alpha: Any,
    bo: Any,
    cast: Any,  # noqa: F811
    at: dt.datetime,
) -> None:
    site = client_for(alpha, bo)
    address = site.post("/events/new/", told(cast)).headers["Location"]
    assert site.post("/events/new/", told(cast)).headers["Location"] == address, "a second click"
    page = site.get(address).text
    for text in ('http-equiv="refresh"', "Working out what this asks of 2 people"):
        assert text in page
    assert "Record it and ask them" not in page
    assert address in site.get("/events/").text
    work(alpha, at)
    page = site.get(address).text
    for text in ("Ask 2 people for training again?", "2 mails leave at once.", "Record it and ask them"):
        assert text in page
    with inside(alpha):
        draft = queries.event_job(Job.objects.get().public_id, at=at)
        assert draft is not None
        assert draft.looked is not None
        small = queries.Draft(
            **Job.objects.get().params["draft"] | {"happened_on": clock.today(at) - dt.timedelta(3)}
        )
        assert (
            draft.looked.fingerprint == queries.preview(cast.requirement, small, clock.today(at)).fingerprint
        )
    seen = {"fingerprint": fingerprint_of(page)}
    assert site.post(address, {"fingerprint": "0" * 64}).headers["Location"] == address
    recording = site.post(address, seen).headers["Location"]
    assert recording != address
    assert site.post(address, seen).headers["Location"] == recording, "a second click"
    assert "It is being recorded" in site.get(recording).text
    work(alpha, at)
    with inside(alpha):
        event = TriggeringEvent.objects.get()
        # Cut off before it had said that it was done, it is run again.
        job = Job.objects.latest("pk")
        Job.objects.filter(pk=job.pk).update(status=JobStatus.RUNNING, holder=job.public_id, lease_until=at)
    work(alpha, at + dt.timedelta(minutes=1))
    with inside(alpha):
        assert TriggeringEvent.objects.get() == event
    assert site.get(recording).headers["Location"] == f"/events/{event.public_id}/"
    assert "Not recorded yet" not in site.get("/events/").text


def test_what_has_changed_since_is_not_recorded_and_nor_is_what_one_may_no_longer(
    client_for: Browser,
    alpha: Any,
    bo: Any,
    ada: Any,
    cast: Any,  # noqa: F811
    at: dt.datetime,
) -> None:
    site = client_for(alpha, bo)
    address = site.post("/events/new/", told(cast)).headers["Location"]
    work(alpha, at)
    recording = site.post(address, {"fingerprint": fingerprint_of(site.get(address).text)}).headers[
        "Location"
    ]
    with inside(alpha):
        noa = make_user(given_name="Noa")
        make_affiliation(noa)
        give(noa, cast.requirement, "for_good")
    work(alpha, at)
    page = site.get(recording).text
    for text in ("Nothing was recorded", "Something has changed since you looked", "Look again"):
        assert text in page
    again = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    assert again["title"] == "Phishing test of 20 November"
    address = site.post("/events/new/", told(cast, days="20")).headers["Location"]
    with inside(alpha):
        bo.role_grants.all().delete()
    work(alpha, at)
    with inside(alpha):
        assert "may no longer record events" in Job.objects.latest("pk").problem
        assert not TriggeringEvent.objects.exists()
