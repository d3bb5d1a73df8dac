"""Two at once, on committed rows: a change is made once, and nobody overwrites what they never saw."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from compliance.changes import actions
from compliance.changes.models import Change
from compliance.requirements.models import Requirement, RequirementVersion
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_affiliation, make_user
from tenants.context import TenantRef, inside

from .factories import edit, make, turn


@pytest.fixture
def officers(campus: TenantRef) -> list[Any]:
    with inside(campus):
        return [make_user(given_name=name, roles=("compliance_officer",)) for name in ("Bo", "Eve")]


def at_once(tenant: TenantRef, works: list[Callable[[], Any]]) -> list[str]:
    """What each of them came to, begun at the same moment."""
    barrier, ends = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        try:
            with inside(tenant):
                barrier.wait()
                work()
                ends.append("made")
        except actions.Refused as refusal:
            ends.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_one_change_made_twice_at_once_and_two_changes_of_one_requirement(campus, officers, at):
    with inside(campus):
        make_affiliation(make_user(given_name="Ana"), kind="staff")
        requirement = make_requirement()
        turn(at)
        change = edit(requirement, officers[0], at, audience={"kinds": ["student"]})
    ends = at_once(campus, [lambda: make(change, at)] * 2)
    assert [end[:24] for end in ends] == ["This change has been mad", "made"]
    with inside(campus):
        assert RequirementVersion.objects.filter(requirement=requirement).count() == 1
        first, second = (edit(requirement, one, at, title=f"By {one.given_name}") for one in officers)
    ends = at_once(campus, [lambda: make(first, at), lambda: make(second, at)])
    assert [end[:24] for end in ends] == ["The requirement was chan", "made"]
    with inside(campus):
        made = Change.objects.filter(state="made").order_by("-pk").first()
        assert Requirement.objects.get(pk=requirement.pk).title == made.content["title"]
