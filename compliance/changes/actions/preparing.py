"""Working out what a change would do, and keeping it line by line, so that everybody decides on the same difference."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from compliance.changes import queries, rules
from compliance.changes.actions import leaving
from compliance.changes.actions.locking import in_words
from compliance.changes.enums import Deed, Difference, Kind, Reach, State
from compliance.changes.models import Change, Line
from compliance.core import change as core
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from lms.people import queries as people

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User

_BATCH = 500
_PAIRS = ("due", "shifted", "grace", "opens", "next_due", "until")
# From which states each kind of change can be made.
_FROM: dict[str, frozenset[str]] = {
    Kind.EDIT: frozenset({RequirementState.ACTIVE, RequirementState.PAUSED}),
    Kind.TURN_ON: frozenset({RequirementState.DRAFT}),
    Kind.RESUME: frozenset({RequirementState.PAUSED}),
    Kind.PAUSE: frozenset({RequirementState.ACTIVE}),
    Kind.RETIRE: frozenset({RequirementState.ACTIVE, RequirementState.PAUSED}),
}


@transaction.atomic
def prepare(
    *,
    requirement: "Requirement",
    kind: Kind,
    by: "User",
    today: date,
    at: datetime,
    content: dict[str, Any] | None = None,
    at_once: bool = False,
) -> Change:
    """A change with what it would do on `today`, the tenant's day; nothing happens yet and nobody is told.

    `content` is what the requirement is to say (default: what it says). Where many people have to be looked at, a job
    works it out, unless the caller wants it `at_once`; a second click while it does is answered with the same change.
    Raises rules.Refused when the requirement is in a state in which this cannot be done, or when nothing would change.
    """
    held = _requirement(requirement.pk)
    if held.state not in _FROM[kind]:
        raise rules.Refused(_("The requirement is in another state meanwhile. Look at it again."))
    before = requirements.content_of(held)
    if kind == Kind.EDIT and (content is None or not requirements.differs(before, content)):
        raise rules.Refused(_("Nothing differs from what it says now."))
    if why := requirements.why_not(held, kind.value, content or before):
        raise rules.Refused(why)
    begun = _begun(held, kind, content or before, by)
    made = begun or _new(held, kind, content or before, by=by, at=at)
    return begun or _work_out(made, by=by, today=today, at=at, at_once=at_once)


@transaction.atomic
def prepare_undo(*, undone: Change, by: "User", today: date, at: datetime) -> Change:
    """A change that takes `undone` back, with what that would do. Raises rules.Refused when it cannot be undone.

    As `prepare` otherwise.
    """
    held = _requirement(undone.requirement_id)
    if why := rules.why_not_undone(undone, at, queries.latest_made(held.pk)):
        raise rules.Refused(why)
    begun = _begun(held, Kind.UNDO, undone.before["content"], by)
    made = begun or _new(held, Kind.UNDO, undone.before["content"], by=by, at=at, undoes=undone)
    return begun or _work_out(made, by=by, today=today, at=at)


@transaction.atomic
def rework(*, found: Change, reach: Reach, by: "User", today: date, at: datetime) -> Change:
    """Work it out anew, with another choice of due dates if need be; a job does where many are looked at.

    Raises rules.Refused.
    """
    leaving.refuse_if_at_work(found, at=at)
    held = locked(found)
    leaving.refuse_if_at_work(held, at=at)
    if held.state != State.PREPARED or held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever prepares a change works it out anew, before it is sent."))
    chosen = reach if held.kind == Kind.EDIT else Reach.FUTURE
    if held.reach != chosen:
        # Another question has another answer: nothing in it is new.
        held.lines.all().delete()
    held.reach = chosen
    return _work_out(held, by=by, today=today, at=at)


def locked(found: Change) -> Change:
    """The change and its requirement, locked, as they are now: one officer comes after the other.

    Raises rules.UnderWay when somebody is at the requirement for longer than a request can wait.
    """
    requirement = _requirement(found.requirement_id)
    held = Change.objects.select_for_update(of=("self",)).select_related("undoes").get(pk=found.pk)
    held.requirement = requirement
    return held


def refresh(held: Change, seen: str, *, today: date, at: datetime) -> bool:
    """Whether the difference is still the one that was seen; if not, the new one is kept beside what it was."""
    now = queries.difference(held, today)
    if now.fingerprint == seen == held.fingerprint:
        return True
    if now.fingerprint != held.fingerprint:
        keep(held, now, today=today, at=at)
    return False


def _requirement(requirement_id: int) -> "Requirement":
    with in_words():
        return requirements.locked(requirement_id)


def _begun(requirement: "Requirement", kind: Kind, content: dict[str, Any], by: "User") -> Change | None:
    """The same change, if this person left it to a job already that has not worked it out yet."""
    same = Change.objects.filter(requirement=requirement, kind=kind, content=content, proposed_by=by)
    return same.filter(state=State.PREPARED, fingerprint="", before=_ground(requirement)).first()


def _ground(requirement: "Requirement") -> dict[str, Any]:
    """What is changed: from what it says, in which state, in which version."""
    return {
        "content": requirements.content_of(requirement),
        "state": requirement.state,
        "number": requirement.number,
    }


def _new(
    requirement: "Requirement",
    kind: Kind,
    content: dict[str, Any],
    *,
    by: "User",
    at: datetime,
    undoes: Change | None = None,
) -> Change:
    last = Change.objects.filter(requirement=requirement).aggregate(last=Max("number"))["last"] or 0
    return Change(
        requirement=requirement,
        number=last + 1,
        kind=kind,
        content=content,
        before=_ground(requirement),
        undoes=undoes,
        proposed_by=by,
        proposed_at=at,
    )


def _work_out(made: Change, *, by: "User", today: date, at: datetime, at_once: bool = False) -> Change:
    people_count = queries.people_to_look_at(made)
    if not at_once and leaving.is_for_a_job(people_count):
        made.fingerprint, made.worked_out_on, made.worked_out_at = "", today, at
        made.save()
        leaving.leave(made, Deed.LOOK, people_count=people_count, by=by, at=at)
    else:
        keep(made, queries.difference(made, today), today=today, at=at)
    return made


def keep(made: Change, now: queries.Difference, *, today: date, at: datetime) -> None:
    """Write the difference down; lines that were shown before are marked where they differ."""
    known = queries.known_lines(made) if made.pk else {}
    made.fingerprint, made.worked_out_on, made.worked_out_at = now.fingerprint, today, at
    made.affected_count = len(now.lines)
    made.people_count = int(str(people.measure(at=at)["people"]))
    # Where nobody else may decide, waiting for a second person would be waiting for ever.
    has_second = bool(queries.approvers(made))
    made.limit = rules.limit(queries.threshold(), made.people_count) if has_second else None
    made.mails_ahead, made.mails_ahead_before, made.mails_today = now.mails(today)
    made.save()
    rows = [_row(made, line, now, known) for line in now.lines]
    present = {row.user_id for row in rows}
    gone = [row for key, row in known.items() if key not in present]
    Line.objects.filter(change=made).delete()
    for row in gone:
        row.pk, row.difference = None, Difference.GONE
    Line.objects.bulk_create([*rows, *gone], batch_size=_BATCH)


def _row(made: Change, line: core.Line, now: queries.Difference, known: dict[int, Line]) -> Line:
    held = now.held.get(line.person_id)
    values = {"effect": line.effect.value, "starts_on": line.starts_on}
    for name in _PAIRS:
        values[f"{name}_from"], values[f"{name}_to"] = getattr(line, name)
    before = known.get(line.person_id)
    difference = Difference.SAME
    if known and before is None:
        difference = Difference.NEW
    elif before is not None and any(getattr(before, name) != value for name, value in values.items()):
        difference = Difference.OTHER
    return Line(
        change=made,
        user_id=line.person_id,
        difference=difference,
        assignment_id=held.assignment_id if held else None,
        assignment_status=held.status if held else "",
        record_id=held.record_id if held else None,
        **values,
    )
