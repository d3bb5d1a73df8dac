"""Leaving to a job what no request can wait for."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from compliance.changes import queries, rules
from compliance.changes.enums import Deed
from compliance.changes.models import Change, Proposal
from compliance.changes.queries.works import JOB_KIND
from lms.jobs import actions as jobs

if TYPE_CHECKING:
    from lms.people.models import User


def is_for_a_job(people_count: int) -> bool:
    """Whether looking at so many people takes longer than somebody waits for a page."""
    return people_count > int(settings.CHANGE_JOB_PEOPLE)


def leave(
    held: Change,
    deed: Deed,
    *,
    people_count: int,
    by: "User",
    at: datetime,
    seen: str = "",
    words: str = "",
) -> None:
    """Leave it to a job, in the caller's transaction and under its locks.

    `seen` is the digest of the difference that was on the screen, `words` what was said about it.
    """
    params = {
        "change": held.pk,
        "public_id": str(held.public_id),
        "deed": deed.value,
        "people": people_count,
        "seen": seen,
        "words": words,
    }
    held.job_public_id = jobs.start(kind=JOB_KIND, params=params, by=by, at=at).public_id
    held.save(update_fields=["job_public_id"])


def leave_if_many(held: Proposal, deed: Deed, *, seen: str, words: str, by: "User", at: datetime) -> bool:
    """Leave to a job what needs more people looked at than a request can; answers whether it did.

    A change of the holidays is always made at once. Raises rules.DifferenceChanged when it was worked out anew since it
    was seen.
    """
    if not isinstance(held, Change):
        return False
    people_count = queries.people_to_look_at(held)
    if not is_for_a_job(people_count):
        return False
    if seen != held.fingerprint:
        raise rules.DifferenceChanged(
            _("It would now do something else than what you saw. Nothing was done; look at what differs.")
        )
    leave(held, deed, people_count=people_count, by=by, at=at, seen=seen, words=words)
    return True


def refuse_if_at_work(held: Proposal, *, at: datetime, unless_it_can_stop: bool = False) -> None:
    """Raises rules.UnderWay when a job has the change.

    Asked before its rows are locked too: the job that makes it holds them for as long as that takes.
    """
    work = queries.work_on(held, at=at)
    if work is not None and work.is_open and not (unless_it_can_stop and work.can_stop):
        raise rules.UnderWay(
            _("This is under way already. Nothing was begun twice, and nothing was stopped.")
        )


def stop(held: Proposal, *, by: "User", at: datetime) -> None:
    """Stop the job that has the change, under its locks. Raises rules.UnderWay when it is being made already."""
    refuse_if_at_work(held, at=at, unless_it_can_stop=True)
    work = queries.work_on(held, at=at)
    if work is not None and work.progress is not None and work.is_open:
        jobs.cancel(job=work.progress.job, by=by, at=at)
