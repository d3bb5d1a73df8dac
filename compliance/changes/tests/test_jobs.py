"""Changes that concern many are worked out and made by a job: the same difference, exactly that, once, or nothing."""

import datetime as dt
import re

import pytest

from compliance.changes import actions, queries
from compliance.changes.enums import Effect, Kind, State
from compliance.changes.models import Change
from compliance.changes.queries import differences
from compliance.requirements.tests.factories import make_requirement
from lms.jobs import actions as jobs
from lms.jobs.enums import JobStatus
from lms.jobs.models import Job
from lms.mail.models import Message
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import inside, public_schema
from tenants.enums import TenantStatus
from tenants.models import Tenant

from .factories import edit, in_force, prepare, turn

FRAGMENT = {"headers": {"HX-Request": "true"}}
NOW_FOR = {"kinds": ["student"]}


@pytest.fixture(autouse=True)
def _monday(at, settings):
    settings.CHANGE_JOB_PEOPLE = 1
    with clock.frozen(at):
        yield


def populate():
    """Ana has it, Dan does not; two officers."""
    for name, kind in (("Ana", "staff"), ("Dan", "student")):
        make_affiliation(make_user(given_name=name, family_name="Weber"), kind=kind)
    eve = make_user(given_name="Eve", family_name="Second", roles=("compliance_officer",))
    requirement = make_requirement()
    return requirement, eve


@pytest.fixture
def here(alpha, bo, at):
    with inside(alpha):
        requirement, eve = populate()
        turn(at)
        return requirement, eve


@pytest.fixture
def change(alpha, here, bo, at):
    """Left to a job by Bo: Ana loses it, Dan gets it."""
    with inside(alpha):
        return edit(here[0], bo, at, audience=NOW_FOR)


@pytest.fixture
def ready(alpha, change, at):
    """Worked out."""
    with inside(alpha):
        work(at)
        return fresh(change)


def work(at):
    """Whatever jobs are open are run, by a worker that does nothing else."""
    return jobs.run_pending(at=at, scheduled_for=at)


def fresh(change):
    return queries.change_by(change.public_id)


def make(change, at, **more):
    found = fresh(change)
    given = {"fingerprint": found.fingerprint, "reason": "New law", "by": found.proposed_by, "at": at}
    return actions.make(found=found, today=clock.today(at), **given | more)


def test_a_job_works_out_the_same_difference_in_parts(alpha, here, change, bo, at, monkeypatch):
    with inside(alpha):
        assert (change.state, change.fingerprint, change.lines.count()) == (State.PREPARED, "", 0)
        with pytest.raises(actions.Refused, match="under way"):
            make(change, at)
        assert edit(here[0], bo, at, audience=NOW_FOR) == change, "a second click"
        assert Job.objects.count() == 1
        monkeypatch.setattr(differences, "BATCH", 1)
        work(at)
        job, found = Job.objects.get(), fresh(change)
        assert (job.status, job.done_count, job.total_count) == (JobStatus.DONE, *[job.params["people"]] * 2)
        whole = {
            "requirement": here[0],
            "kind": Kind.EDIT,
            "content": change.content,
            "today": clock.today(at),
        }
        monkeypatch.setattr(differences, "BATCH", 500)
        at_once = actions.prepare(**whole, by=here[1], at=at, at_once=True)
        assert (found.fingerprint, found.affected_count) == (at_once.fingerprint, 2)
        assert {row.effect for row in queries.lines_of(found)} == {Effect.ADD, Effect.DROP}


def test_it_is_made_by_one_job_once_however_often_it_is_asked_and_its_worker_dies(alpha, here, ready, at):
    with inside(alpha):
        make(ready, at)
        for _click in range(2):
            with pytest.raises(actions.UnderWay):
                make(ready, at)
        with pytest.raises(actions.UnderWay):
            actions.rework(found=ready, reach="open", by=ready.proposed_by, today=clock.today(at), at=at)
        assert in_force(here[0])
        job = Job.objects.latest("pk")
        assert work(at) is None
        assert (fresh(ready).state, fresh(ready).reason) == (State.MADE, "New law")
        # Its worker was cut off before it had said that it was done: another one takes the job.
        past = {"status": JobStatus.RUNNING, "holder": job.public_id, "lease_until": at}
        Job.objects.filter(pk=job.pk).update(**past)
        work(at + dt.timedelta(minutes=1))
        here[0].refresh_from_db()
        assert (here[0].number, Job.objects.filter(status=JobStatus.DONE).count()) == (2, 2)


def test_what_differs_by_then_is_not_made_but_kept_and_shown_and_told(client_for, alpha, bo, ready, at):
    officer, address = client_for(alpha, bo), f"/changes/{ready.public_id}/"
    with inside(alpha):
        make(ready, at)
        make_affiliation(make_user(given_name="Fay", family_name="Weber"), kind="student")
        work(at)
        found = fresh(ready)
        assert (found.state, found.affected_count, found.fingerprint != ready.fingerprint) == (
            "prepared",
            3,
            True,
        )
        assert Message.objects.filter(kind="changes.change", user_id=bo.pk).exists()
    page = officer.get(address)
    for text in ("something else than what you saw", "1 person differs", "Make this change", "New law"):
        assert text in page.text
    with inside(alpha):
        make(ready, at)
        work(at)
        assert fresh(ready).state == State.MADE


def test_two_people_and_two_approvers_at_once(alpha, here, bo, at):
    requirement, eve = here
    with inside(alpha):
        actions.set_threshold(is_on=True, percent=0, at_least=1, by=bo, at=at)
        change = edit(requirement, bo, at, audience=NOW_FOR)
        work(at)
        found = fresh(change)
        given = {"fingerprint": found.fingerprint, "today": clock.today(at), "at": at}
        with pytest.raises(actions.Refused, match="second person"):
            make(change, at)
        actions.ask(found=found, reason="New law", by=bo, **given)
        assert fresh(change).state == State.PREPARED
        work(at)
        assert fresh(change).state == State.WAITING
        assert Message.objects.filter(kind="changes.change", user_id=eve.pk).exists()
        with pytest.raises(actions.Refused, match="themself"):
            actions.approve(found=fresh(change), remark="", by=bo, **given)
        with pytest.raises(actions.DifferenceChanged):
            actions.approve(found=fresh(change), remark="", by=eve, **given | {"fingerprint": "0" * 64})
        zoe = make_user(given_name="Zoe", roles=("compliance_officer",))
        actions.approve(found=fresh(change), remark="Right", by=eve, **given)
        for deed in (actions.approve, actions.reject):
            more = given if deed is actions.approve else {"at": at}
            with pytest.raises(actions.UnderWay):
                deed(found=fresh(change), remark="Me too", by=zoe, **more)
        work(at)
        found = fresh(change)
        assert (found.state, found.decided_by, found.decision_note) == (State.MADE, eve, "Right")


@pytest.mark.parametrize("has_left", [False, True])
def test_whoever_left_or_lost_the_role_meanwhile_makes_nothing(
    has_left, client_for, alpha, bo, here, ready, at
):
    with inside(alpha):
        make(ready, at)
        if has_left:
            type(bo).objects.update(last_day_on=clock.today(at) - dt.timedelta(days=1))
            assert queries.approvers(fresh(ready), today=clock.today(at)) == []
            type(bo).objects.exclude(pk=bo.pk).update(last_day_on=None)
        else:
            bo.role_grants.all().delete()
        work(at)
        assert fresh(ready).state == State.PREPARED
    page = client_for(alpha, here[1]).get(f"/changes/{ready.public_id}/")
    assert "may no longer change requirements" in page.text
    assert "It was not made" in page.text


def test_a_change_of_the_requirement_meanwhile_stops_it_with_a_sentence(alpha, here, ready, at):
    with inside(alpha):
        make(ready, at)
        here[0].title = "Renamed"
        here[0].save()
        work(at)
        job = Job.objects.latest("pk")
        assert (job.status, "Prepare the change again" in job.problem) == (JobStatus.FAILED, True)
        assert fresh(ready).state == State.PREPARED
        letter = Message.objects.get(kind="changes.change")
        assert letter.facts["problem"] == job.problem


def test_while_the_site_is_read_only_it_waits_and_says_so(client_for, alpha, bo, ready, at):
    with inside(alpha):
        make(ready, at)
    for status, is_made in ((TenantStatus.READ_ONLY, False), (TenantStatus.ACTIVE, True)):
        with public_schema():
            Tenant.objects.filter(pk=alpha.id).update(status=status)
            site = Tenant.objects.get(pk=alpha.id).ref()
        with inside(site):
            work(at)
            assert (fresh(ready).state == State.MADE) is is_made
        page = client_for(site, bo).get(f"/changes/{ready.public_id}/")
        assert ("waits until the site may be changed again" in page.text) is not is_made


def test_the_page_shows_how_far_it_is_without_a_script_and_with_one(client_for, alpha, bo, change, at):
    officer, address = client_for(alpha, bo), f"/changes/{change.public_id}/"
    page = officer.get(address)
    for text in ('http-equiv="refresh"', "Working out what this does for", "Not worked out yet", "Withdraw"):
        assert text in page.text
    assert "Make this change" not in page.text
    assert "<html" not in officer.get(f"{address}?work=1", **FRAGMENT).text
    with inside(alpha):
        Job.objects.update(status=JobStatus.FAILED, problem="It stopped 5 times at the same place.")
    stopped = officer.get(address).text
    assert "It was not worked out" in stopped
    assert "5 times" in stopped
    assert officer.post(f"{address}rework/").status_code == 303
    with inside(alpha):
        work(at)
    assert officer.get(f"{address}?work=1", **FRAGMENT).headers["HX-Redirect"] == address
    page = officer.get(address)
    assert 'http-equiv="refresh"' not in page.text
    (seen,) = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', page.text)
    officer.post(f"{address}make/", {"fingerprint": seen, "reason": "New law"})
    page = officer.get(address)
    assert "It is being made" in page.text
    assert "Make this change" not in page.text
    with inside(alpha):
        work(at)
    assert "Undo …" in officer.get(address).text


def test_withdrawn_while_it_is_worked_out_the_job_stops(alpha, change, bo, at):
    with inside(alpha):
        actions.withdraw(found=fresh(change), by=bo, at=at)
        work(at)
        assert (fresh(change).state, Job.objects.get().status) == (State.WITHDRAWN, JobStatus.CANCELLED)


def test_undone_by_a_job_as_exactly(alpha, here, ready, bo, at):
    with inside(alpha):
        before = in_force(here[0])
        make(ready, at)
        work(at)
        turn(at)
        undo = [
            actions.prepare_undo(undone=fresh(ready), by=bo, today=clock.today(at), at=at)
            for _click in range(2)
        ]
        assert undo[0] == undo[1]
        work(at)
        make(undo[0], at)
        work(at)
        turn(at)
        assert in_force(here[0]) == before


def test_resting_looks_only_at_those_who_have_it(alpha, here, bo, at, settings):
    settings.CHANGE_JOB_PEOPLE = 0
    with inside(alpha):
        change = prepare(here[0], Kind.PAUSE, bo, at)
        assert Job.objects.get().params["people"] == 1
        work(at)
        assert [(one.effect, one.count) for one in queries.effects_of(fresh(change))] == [(Effect.REST, 1)]


def test_the_job_of_one_tenant_leaves_the_other_alone(alpha, beta, bo, cy, at):
    """Both have a change and a job of the same ids."""
    for tenant, officer in ((alpha, bo), (beta, cy)):
        with inside(tenant):
            requirement, _eve = populate()
            turn(at)
            edit(requirement, officer, at, audience=NOW_FOR)
            Change.objects.update(id=9001)
            job = Job.objects.get()
            Job.objects.update(id=9001, params=job.params | {"change": 9001})
    with inside(alpha):
        work(at)
        make(Change.objects.get(), at)
        work(at)
        assert Change.objects.get().state == State.MADE
    with inside(beta):
        assert (Change.objects.get().state, Change.objects.get().fingerprint) == (State.PREPARED, "")
        assert Job.objects.get().status == JobStatus.QUEUED
