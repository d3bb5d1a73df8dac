"""Events that concern so many that no request can wait: a job works out what one asks, and records exactly that."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from compliance.records import rules
from compliance.records.actions.triggering import record_event
from compliance.records.queries import looked
from compliance.records.queries import triggers as queries
from compliance.requirements import queries as requirements
from lms.access.permissions import Permission
from lms.jobs import actions as jobs
from lms.jobs.kinds import JobFailed, JobHandle
from lms.people import queries as people
from tenants import clock

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


def look_by_job(
    requirement: "Requirement", draft: queries.Draft, *, form: Mapping[str, str], by: "User", at: datetime
) -> UUID | None:
    """Leave to a job what the event would ask of whom; None when so few are concerned that a request can wait.

    `form` is what was sent, to be shown again. Sent twice by one person within a minute it is one job.
    """
    today = clock.today(at)
    people_count = len(queries.meant_by(requirement, draft, today))
    if people_count <= int(settings.CHANGE_JOB_PEOPLE):
        return None
    params = {
        "deed": looked.LOOK,
        "requirement": str(requirement.public_id),
        "draft": looked.kept(draft),
        "form": dict(form),
        "people": people_count,
    }
    # Facts change: what was worked out before is asked for anew with each minute.
    said = json.dumps([by.pk, at.isoformat(timespec="minutes"), params], sort_keys=True)
    once = f"look:{hashlib.sha256(said.encode()).hexdigest()}"
    return jobs.start_once(kind=looked.JOB_KIND, params=params, once=once, by=by, at=at).public_id


def record_by_job(seen: looked.EventJob, *, by: "User", at: datetime) -> UUID:
    """Leave to a job to record what this one worked out; two clicks and two officers leave it once."""
    params = {
        "deed": looked.RECORD,
        "requirement": str(seen.requirement),
        "draft": seen.progress.job.params["draft"],
        "form": seen.form,
        "people": seen.people_count,
        "seen": seen.looked.fingerprint if seen.looked else "",
    }
    once = f"record:{seen.progress.job.public_id}"
    return jobs.start_once(kind=looked.JOB_KIND, params=params, once=once, by=by, at=at).public_id


def run(job: JobHandle) -> dict[str, Any]:
    """Work the event out, or record it: all of it in one transaction, once, or nothing."""
    if event := job.state.get("event"):
        return {"event": event}
    by = _recorder(job.owner_id, clock.today(job.at))
    if by is None:
        raise JobFailed(_("Whoever asked for it may no longer record events."))
    requirement = requirements.requirement_by(UUID(job.params["requirement"]))
    draft = looked.draft_from(job.params["draft"])
    if job.params["deed"] == looked.LOOK:
        return {"seen": looked.kept(_look(job, requirement, draft))}
    try:
        return {"event": _record(job, requirement, draft, by)}
    except rules.Refused as refusal:
        raise JobFailed(str(refusal)) from refusal


def _look(job: JobHandle, requirement: "Requirement", draft: queries.Draft) -> looked.Looked:
    total = int(job.params["people"])

    def tell(count: int) -> None:
        with job.chunk(done=min(count, total)):
            pass

    with job.chunk(done=0, total=total, phase=_("Working out whom it concerns")):
        pass
    return looked.looked_at(queries.preview(requirement, draft, clock.today(job.at), tell))


def _record(job: JobHandle, requirement: "Requirement", draft: queries.Draft, by: "User") -> str:
    with job.chunk(phase=_("Recording the event"), is_long=True) as chunk:
        event = record_event(
            requirement,
            draft,
            fingerprint=job.params["seen"],
            by=by,
            today=clock.today(job.at),
            at=job.at,
        )
        chunk.state = {"event": str(event.public_id)}
    return str(event.public_id)


def _recorder(user_id: int | None, today: date) -> "User | None":
    """Whoever this is, if they may record events on that day of the tenant."""
    needed = Permission.EVENTS_RECORD
    able = people.able_to(needed, today=today)
    return next((one for one in able if one.pk == user_id and needed in one.permissions), None)
