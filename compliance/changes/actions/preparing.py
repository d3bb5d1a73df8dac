"""What a change of a requirement would do, kept line by line, so that everybody decides on the same difference."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.changes import queries, rules
from compliance.changes.actions import leaving
from compliance.changes.actions.lines import columns
from compliance.changes.actions.locking import in_words
from compliance.changes.actions.weighing import weigh
from compliance.changes.enums import Deed, Difference, Kind, State
from compliance.changes.models import Change, Line
from compliance.core import change as core
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User

_BATCH = 500
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
    held = hold(requirement.pk)
    if held.state not in _FROM[kind]:
        raise rules.Refused(_("The requirement is in another state meanwhile. Look at it again."))
    before = requirements.content_of(held)
    if kind == Kind.EDIT and (content is None or not requirements.differs(before, content)):
        raise rules.Refused(_("Nothing differs from what it says now."))
    if why := requirements.why_not(held, kind.value, content or before):
        raise rules.Refused(why)
    return begin(held, kind, content or before, by=by, today=today, at=at, at_once=at_once)


def begin(
    held: "Requirement",
    kind: Kind,
    content: dict[str, Any],
    *,
    by: "User",
    today: date,
    at: datetime,
    at_once: bool = False,
    undoes: Change | None = None,
) -> Change:
    """A change of a requirement that is held, worked out; or the same one, if it was begun already. As `prepare`."""
    if begun := _begun(held, kind, content, by):
        return begun
    if waits := requirements.agreed_ahead(held):
        raise rules.Refused(waits)
    made = Change(
        requirement=held,
        kind=kind,
        content=content,
        before=_ground(held),
        undoes=undoes,
        proposed_by=by,
        proposed_at=at,
    )
    made.number = queries.next_number(made)
    work_out(made, by=by, today=today, at=at, at_once=at_once)
    return made


def hold(requirement_id: int) -> "Requirement":
    """The requirement, locked. Raises rules.UnderWay."""
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


def work_out(made: Change, *, by: "User", today: date, at: datetime, at_once: bool = False) -> None:
    """Write down what it does on its day, or leave that to a job, unless the caller wants it `at_once`."""
    # Why it was not made on another day is not said of these numbers.
    made.problem = ""
    today = made.as_of(today)
    people_count = queries.people_to_look_at(made)
    if not at_once and leaving.is_for_a_job(people_count):
        made.fingerprint, made.worked_out_on, made.worked_out_at = "", today, at
        made.save()
        leaving.leave(made, Deed.LOOK, people_count=people_count, by=by, at=at)
    else:
        keep(made, queries.difference(made, today), today=today, at=at)


def keep(made: Change, now: queries.Difference, *, today: date, at: datetime) -> None:
    """Write the difference down; lines that were shown before are marked where they differ."""
    known = queries.known_lines(made) if made.pk else {}
    made.fingerprint, made.worked_out_on, made.worked_out_at = now.fingerprint, today, at
    made.affected_count = len(now.lines)
    weigh(made, at=at)
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
    values = columns(line, "shifted", "grace")
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
