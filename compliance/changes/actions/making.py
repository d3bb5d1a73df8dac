"""Making a change of a requirement: what it then is, whose dates move, and what an undo takes back."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from compliance.changes import queries, rules
from compliance.changes.actions import preparing
from compliance.changes.actions.ways import Way
from compliance.changes.actions.weighing import check_undo
from compliance.changes.enums import Effect, Kind, Reach, State
from compliance.changes.models import Change
from compliance.core.holding import Due
from compliance.records import actions as records
from compliance.requirements import actions as requirements
from compliance.requirements import queries as requirement_queries

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


class _Requirements(Way[Change, queries.Difference]):
    """One officer after the other has a requirement. Where many have to be looked at, a job has it for a while."""

    def hold(self, found: Change) -> None:
        preparing.hold(found.requirement_id)

    def locked(self, found: Change) -> Change:
        requirement = preparing.hold(found.requirement_id)
        held = Change.objects.select_for_update(of=("self",)).select_related("undoes").get(pk=found.pk)
        held.requirement = requirement
        return held

    def check_ground(self, held: Change, *, at: datetime) -> None:
        requirement, before = held.requirement, held.before
        if waits := requirement_queries.agreed_ahead(requirement, but=held.pk):
            raise rules.Refused(waits)
        # What was agreed ahead rests on what it says; what that rests on may be written down anew meanwhile.
        number = requirement.number if held.state == State.AGREED else before["number"]
        # A draft may be rewritten without a new number.
        is_other = (requirement.state, requirement.number) != (before["state"], number) or (
            requirement_queries.differs(before["content"], requirement_queries.content_of(requirement))
        )
        if is_other:
            raise rules.Refused(
                _("The requirement was changed meanwhile. Prepare the change again, from what it says now.")
            )
        if gone := queries.put_away_meanwhile(held):
            sentence = _(
                "It asks for what was archived or retired meanwhile: %(names)s. "
                "Bring that back, or change the rule."
            )
            raise rules.Refused(sentence % {"names": ", ".join(gone)})
        if held.undoes is not None:
            check_undo(held.undoes, at=at)

    def choose(self, held: Change, reach: Reach, *, at: datetime) -> None:
        chosen = reach if held.has_reach else Reach.FUTURE
        if held.reach != chosen:
            # Another question has another answer: nothing in it is new.
            held.lines.all().delete()
        held.reach = chosen

    def work_out(self, held: Change, *, by: "User", today: date, at: datetime) -> None:
        preparing.work_out(held, by=by, today=today, at=at)

    def taken_back(self, undone: Change, *, by: "User", today: date, at: datetime) -> Change:
        held, content = preparing.hold(undone.requirement_id), undone.before["content"]
        return preparing.begin(held, Kind.UNDO, content, by=by, today=today, at=at, undoes=undone)

    def compared(self, held: Change, seen: str, *, today: date, at: datetime) -> queries.Difference | None:
        day = held.as_of(today)
        now = queries.difference(held, day)
        if now.fingerprint == seen == held.fingerprint:
            return now
        if now.fingerprint != held.fingerprint:
            preparing.keep(held, now, today=day, at=at)
        return None

    def carry_out(self, held: Change, does: queries.Difference, *, today: date, at: datetime) -> None:
        # Comparing takes a while where many are looked at, and what it asks for may be put away meanwhile.
        self.check_ground(held, at=at)
        if held.kind == Kind.EDIT:
            # What takes long comes before the first line of the log: from then on every other line of the site waits.
            _move(held, requirement_queries.proposed(held.requirement, held.content))
        try:
            requirement = _write(held, today=today, at=at)
        except requirements.NotAllowedNow as refusal:
            raise rules.Refused(str(refusal)) from refusal
        held.version_number = requirement.number
        held.save()
        if held.kind == Kind.UNDO:
            # Which stretches it rested is part of what is taken back, and of the dates.
            held.requirement.refresh_from_db()
            _move(held, held.requirement)


REQUIREMENTS = _Requirements()


def _write(held: Change, *, today: date, at: datetime) -> "Requirement":
    """What the requirement is from now on. Raises requirements.NotAllowedNow."""
    requirement, by, other = held.requirement, held.proposed_by, held.decided_by
    match held.kind:
        case Kind.TURN_ON | Kind.RESUME:
            requirement = requirements.turn_on(
                requirement=requirement, fingerprint=None, by=by, at=at, today=today, approved_by=other
            )
        case Kind.PAUSE:
            requirement = requirements.pause(requirement=requirement, by=by, at=at, today=today)
        case Kind.RETIRE:
            requirement = requirements.retire(requirement=requirement, by=by, at=at)
        case Kind.EDIT:
            definition = requirements.Definition.from_content(held.content)
            requirement = requirements.revise(
                requirement=requirement, definition=definition, by=by, at=at, approved_by=other, today=today
            )
        case Kind.UNDO:
            _take_back(held, today=today, at=at)
            requirement.refresh_from_db()
    return requirement


def _take_back(held: Change, *, today: date, at: datetime) -> None:
    """Bring back what was said and the state there was; who got it only by the undone change loses it."""
    undone, requirement = held.undoes, held.requirement
    if undone is None or undone.made_at is None or (day := undone.first_day) is None:
        raise AssertionError("An undo without what it undoes.")
    state = queries.state_after(held)
    if undone.kind == Kind.EDIT:
        definition = requirements.Definition.from_content(held.content)
        requirements.revise(
            requirement=requirement,
            definition=definition,
            by=held.proposed_by,
            at=at,
            approved_by=held.decided_by,
        )
    elif state != requirement.state:
        requirements.step_back(requirement=requirement, state=state, since=day, by=held.proposed_by, at=at)
    lines = queries.lines_of(held).order_by("pk")
    ref = _ref(held, at)
    records.take_back(
        requirement=requirement,
        user_ids=list(lines.filter(effect=Effect.DROP).values_list("user_id", flat=True)),
        change=ref,
        today=today,
    )
    statuses = lines.filter(effect=Effect.RESTORE).values_list("user_id", "assignment_id")
    had = dict(undone.lines.filter(effect=Effect.DROP).values_list("user_id", "assignment_status"))
    records.give_back(
        requirement=requirement,
        statuses={assignment: had[user] for user, assignment in statuses if assignment and had.get(user)},
        since=undone.made_at,
    )
    closing = lines.filter(effect=Effect.CLOSE).values_list("record_id", flat=True)
    records.close_opened(record_ids=[pk for pk in closing if pk], at=at)


def _move(held: Change, after: "Requirement") -> None:
    """Move the open due dates whose ground moves, by the terms of `after`.

    Those that only an absence moves follow in the turn.
    """
    if held.made_at is None:
        return
    rows = queries.lines_of(held).filter(effect__in=(Effect.MOVE, Effect.RESUME), record_id__isnull=False)
    moves = {}
    for row in rows.order_by("pk"):
        if row.record_id is None or row.shifted_from is None or row.shifted_to is None:
            continue
        old = Due(row.shifted_from, row.shifted_from, row.grace_from)
        new = Due(row.shifted_to, row.shifted_to, row.grace_to)
        if old != new:
            moves[row.record_id] = old, new
    if moves:
        records.shift(requirement=after, moves=moves, change=_ref(held, held.made_at))


def _ref(held: Change, at: datetime) -> records.ChangeRef:
    return records.ChangeRef(held.public_id, held.number, held.proposed_by, held.reason, at)
