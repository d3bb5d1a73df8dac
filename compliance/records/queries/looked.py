"""What an event would ask of whom, as its page shows it; and as a job keeps it until somebody decides."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from compliance.records.queries.triggers import Draft, Meant, Preview
from lms.jobs import queries as jobs
from lms.jobs.enums import JobStatus
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed

JOB_KIND = "records.event"
LOOK, RECORD = "look", "record"
SHOWN = 200
_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the list."""

    name: str
    email: str
    why: str
    is_away: bool
    due_on: date | None
    was_due_on: date | None


@dataclass(frozen=True, slots=True)
class Looked:
    """How many people an event asks and leaves out, the first of both by name, and the digest of all of it."""

    fingerprint: str
    asked_count: int
    left_out_count: int
    opened_count: int
    joined_count: int
    away_count: int
    due_dates: list[tuple[date, int]]
    asked: list[Row]
    left_out: list[Row]

    @property
    def more_count(self) -> int:
        """How many more are asked than are listed."""
        return self.asked_count - len(self.asked)

    @property
    def mail_count(self) -> int:
        """How many mails leave at once."""
        return self.asked_count - self.away_count


@dataclass(frozen=True, slots=True)
class EventJob:
    """A job that is at an event: what it is to do, how far it is, and what came of it.

    `form` is what was sent, to be sent again. `is_held_up`: it waits until the site may be administered again.
    """

    progress: jobs.Progress
    is_recording: bool
    people_count: int
    requirement: UUID
    form: dict[str, str]
    looked: Looked | None
    event: str
    is_held_up: bool


def looked_at(seen: Preview) -> Looked:
    """The preview as it is shown."""
    return Looked(
        fingerprint=seen.fingerprint,
        asked_count=len(seen.asked),
        left_out_count=len(seen.left_out),
        opened_count=seen.opened_count,
        joined_count=seen.joined_count,
        away_count=seen.away_count,
        due_dates=seen.due_dates,
        asked=[_row(one) for one in seen.asked[:SHOWN]],
        left_out=[_row(one) for one in seen.left_out[:SHOWN]],
    )


def _row(one: Meant) -> Row:
    due_on = one.asked.dates.due_on if one.asked.dates else None
    return Row(one.name, one.email, one.why, one.is_away, due_on, one.asked.was_due_on)


def kept(what: Looked | Draft) -> dict[str, Any]:
    """It in the words of JSON."""
    return {name: _plain(value) for name, value in asdict(what).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def draft_from(facts: dict[str, Any]) -> Draft:
    """The event that was kept."""
    made = Draft(**facts)
    return replace(made, happened_on=date.fromisoformat(facts["happened_on"]), user_ids=tuple(made.user_ids))


def looked_from(facts: dict[str, Any]) -> Looked:
    """What was seen of it."""
    made = Looked(**facts)
    return replace(
        made,
        due_dates=[(date.fromisoformat(day), count) for day, count in facts["due_dates"]],
        asked=[_row_from(one) for one in facts["asked"]],
        left_out=[_row_from(one) for one in facts["left_out"]],
    )


def _row_from(facts: dict[str, Any]) -> Row:
    days = {name: facts[name] and date.fromisoformat(facts[name]) for name in ("due_on", "was_due_on")}
    return Row(**facts | days)


def event_job(public_id: UUID, *, at: datetime) -> EventJob | None:
    """The job of this public id, if it is at an event."""
    job = jobs.one_of_kind(JOB_KIND, public_id)
    return _event_job(jobs.progress(job, at=at)) if job is not None else None


def event_jobs_of(user_id: int, *, at: datetime) -> list[EventJob]:
    """What this person left to jobs since a day ago and that waits for something still, newest first; one statement."""
    rows = [row for row in jobs.of_kind(JOB_KIND, limit=100) if row.created_at > at - _REMEMBERED]
    found = [_event_job(jobs.progress(row, at=at)) for row in rows if row.owner_id == user_id]
    # Another click made another job of it; of what was recorded the list of events says the rest.
    taken_up = {str(each.progress.job.params.get("once", "")).removeprefix("record:") for each in found}
    return [each for each in found if not each.event and str(each.progress.job.public_id) not in taken_up]


def _event_job(progress: jobs.Progress) -> EventJob:
    job = progress.job
    seen = job.result.get("seen")
    return EventJob(
        progress=progress,
        is_recording=job.params["deed"] == RECORD,
        people_count=int(job.params["people"]),
        requirement=UUID(job.params["requirement"]),
        form=job.params["form"],
        looked=looked_from(seen) if seen else None,
        event=job.result.get("event", ""),
        is_held_up=job.status == JobStatus.QUEUED and not refusals.allowed(Deed.ADMINISTER),
    )


def address_of_job(_params: dict[str, Any], result: dict[str, Any]) -> str:
    """Where what came of the job is to be seen: the event, once there is one."""
    event = result.get("event")
    return reverse("oversight:event", kwargs={"public_id": event}) if event else reverse("oversight:events")
