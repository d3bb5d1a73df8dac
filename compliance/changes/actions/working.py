"""The job of a change that concerns so many that no request can wait for it: working it out, and making it.

It is made by the same actions as a small one, in one transaction with the last look at what it does: exactly what was
seen, or nothing.
"""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.changes import messages, queries, rules
from compliance.changes.actions.deciding import approve, ask, make
from compliance.changes.actions.making import REQUIREMENTS
from compliance.changes.actions.preparing import keep
from compliance.changes.enums import Deed
from compliance.changes.models import Change
from compliance.changes.queries.works import STALE
from lms.jobs.kinds import JobFailed, JobHandle
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import User


def run(job: JobHandle) -> dict[str, Any]:
    """Do with the change `job.params["change"]` what it was left for; begun anew after a crash, and done once.

    Whoever left it must still be allowed to.
    """
    found = queries.change_of_job(job.params["change"], job.public_id)
    if found is None:
        # Made by this job before its worker was cut off, withdrawn meanwhile, or left to another one.
        return {}
    by = queries.officer(job.owner_id, today=clock.today(job.at))
    if by is None:
        raise JobFailed(_("Whoever asked for it may no longer change requirements."))
    try:
        if job.params["deed"] == Deed.LOOK:
            _work_out(job, found)
        else:
            _carry_out(job, found, by)
    except rules.UnderWay:
        # Somebody holds the requirement for a while: the job is taken up again, as after a crash.
        raise
    except rules.Refused as refusal:
        _tell_stopped(job, found, by, refusal)
        raise JobFailed(str(refusal)) from refusal
    return {"change": str(found.public_id)}


def _work_out(job: JobHandle, found: Change) -> None:
    """In parts, without a lock: when it is made it is worked out once more, with one."""
    today, total = found.as_of(clock.today(job.at)), int(job.params["people"])

    def tell(count: int) -> None:
        with job.chunk(done=min(count, total)):
            pass

    with job.chunk(done=0, total=total, phase=Deed.LOOK.label):
        pass
    now = queries.difference(found, today, tell)
    with job.chunk(done=total, phase=_("Writing it down"), is_long=True):
        held = REQUIREMENTS.locked(found)
        if held.is_open:
            REQUIREMENTS.check_ground(held, at=job.at)
            keep(held, now, today=today, at=job.at)


def _carry_out(job: JobHandle, found: Change, by: "User") -> None:
    deed, stale = Deed(job.params["deed"]), None
    with job.chunk(phase=deed.label, is_long=True):
        try:
            _do(deed, found, by, {"fingerprint": job.params["seen"], "at": job.at}, job.params["words"])
        except rules.DifferenceChanged as changed:
            # What it would do now is kept, so that everybody sees it.
            stale = changed
    if stale is not None:
        raise stale


def _tell_stopped(job: JobHandle, found: Change, by: "User", refusal: rules.Refused) -> None:
    """Write to whoever wanted it made and may have left the page meanwhile."""
    state = {"end": STALE} if isinstance(refusal, rules.DifferenceChanged) else None
    with job.chunk(state=state):
        if job.params["deed"] != Deed.LOOK:
            messages.tell_stopped(found, by, job=job.public_id, problem=str(refusal), at=job.at)


def _do(deed: Deed, found: Change, by: "User", given: dict[str, Any], words: str) -> None:
    given |= {"found": found, "by": by, "today": clock.today(given["at"]), "at_once": True}
    match deed:
        case Deed.MAKE:
            make(reason=words, **given)
        case Deed.ASK:
            ask(reason=words, **given)
        case Deed.APPROVE:
            approve(remark=words, **given)
        case _:
            raise AssertionError("Working out makes nothing.")
