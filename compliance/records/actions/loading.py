"""Loading past completions: exactly what was previewed, all of it or nothing; again it adds nothing."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.records import messages_loads, rules
from compliance.records.actions.patience import in_words
from compliance.records.enums import CreditSource, LoadState
from compliance.records.events import REFRESH
from compliance.records.models import Credit, Load, LoadUndo
from compliance.records.models_loads import ForTwo
from compliance.records.queries import loading as queries
from compliance.records.queries import loads
from compliance.requirements import queries as requirements
from lms.audit import actions as audit
from tenants import schedule

if TYPE_CHECKING:
    from lms.people.models import User

Row = TypeVar("Row", bound=ForTwo)
TakesTwo = Callable[[Collection[int]], bool]
"""Whether what concerns these people (by id) takes a second person; raises rules.Refused where there can be none."""


def never(_user_ids: Collection[int]) -> bool:
    """Where one person is enough, however many are concerned."""
    return False


@in_words()
@transaction.atomic
def load_history(
    text: str,
    *,
    fingerprint: str,
    reason: str,
    by: "User",
    today: date,
    at: datetime,
    takes_two: TakesTwo = never,
    file_name: str = "",
    name: UUID | None = None,
) -> Load:
    """Write down every new line of the file, or ask a second person first; the turn that it wakes makes the cycles.

    `fingerprint` is that of the preview that was shown (queries.preview); `name` names the deed: a second time it
    changes nothing. Raises rules.NumbersChanged when it would no longer be the same, and rules.Refused when a line
    cannot be loaded or none is new.
    """
    # Before it is looked up: the second of two clicks waits here, and then finds what the first one did.
    _hold()
    done = Load.objects.filter(public_id=name).first() if name else None
    if done is not None:
        return again(done, by)
    seen = _looked(text, by_id=by.pk, fingerprint=fingerprint, today=today)
    load = Load(
        public_id=name or uuid4(),
        reason=reason,
        seen=fingerprint,
        file_name=file_name,
        line_count=len(seen.new),
        people_count=len(seen.user_ids),
        cycle_count=seen.cycle_count,
        asked_by=by,
        asked_at=at,
    )
    if takes_two(seen.user_ids):
        load.text = text
        load.save()
        messages_loads.tell_deciders(load, about=seen.user_ids, at=at)
        note("records.history_asked", load, by=by, at=at)
    else:
        _write(load, seen, by=by, at=at)
    return load


@in_words()
@transaction.atomic
def approve_load(load: Load, *, fingerprint: str, remark: str, by: "User", today: date, at: datetime) -> Load:
    """Agree, and have it loaded as whoever decides has seen it. Raises rules.Refused and rules.NumbersChanged."""
    held = waiting(load, by)
    refuse_for_who_may_not(held, by, today=today)
    _hold()
    seen = _looked(held.text, by_id=held.asked_by_id, fingerprint=fingerprint, today=today)
    _refuse_for_concerned(seen.user_ids, by)
    held.seen = fingerprint
    held.decided_by, held.decided_at, held.decision_note = by, at, remark
    held.text, held.line_count = "", len(seen.new)
    held.people_count, held.cycle_count = len(seen.user_ids), seen.cycle_count
    _write(held, seen, by=by, at=at)
    messages_loads.tell_answered(held, at=at)
    return held


@in_words()
@transaction.atomic
def refuse_load(asked: Load | LoadUndo, *, remark: str, by: "User", today: date, at: datetime) -> None:
    """Leave everything as it is, and say why; of a load, or of taking one back. Raises rules.Refused."""
    held = waiting(asked, by)
    _refuse_for_concerned(_about(held, today), by)
    held.state, held.decided_by, held.decided_at, held.decision_note = LoadState.REFUSED, by, at, remark
    _let_go(held)
    messages_loads.tell_answered(held, at=at)
    note(f"records.{messages_loads.noun(held)}_refused", held, by=by, at=at)


@in_words()
@transaction.atomic
def withdraw_load(asked: Load | LoadUndo, *, by: "User", at: datetime) -> None:
    """Whoever asked no longer does. Raises rules.Refused."""
    held = waiting(asked, None)
    if held.asked_by_id != by.pk:
        raise rules.Refused(_("Only whoever asked can withdraw a request."))
    held.state = LoadState.WITHDRAWN
    _let_go(held)
    note(f"records.{messages_loads.noun(held)}_withdrawn", held, by=by, at=at)


def waiting(asked: Row, by: "User | None") -> Row:
    """The row, locked, if it still waits, and for somebody else than `by`. Raises rules.Refused."""
    model: Any = type(asked)
    held: Row = model.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if held.state != LoadState.WAITING:
        raise decided_meanwhile()
    if by is not None and held.asked_by_id == by.pk:
        raise rules.Refused(_("Nobody decides what they asked for themself. Somebody else has to."))
    return held


def refuse_for_who_may_not(asked: ForTwo, by: "User", *, today: date) -> None:
    """What is done bears the name of whoever asked, so they must be able to do it on that day. Raises rules.Refused."""
    if all(one.pk != asked.asked_by_id for one in loads.load_deciders(by, today=today)):
        raise rules.Refused(
            _("Whoever asked for it may no longer certify training. Refuse it; somebody who may asks anew.")
        )


def note(action: str, row: Load | LoadUndo, *, by: "User", at: datetime) -> None:
    """One line in the log: which file, how many lines and cycles, and what was said."""
    load = row.load if isinstance(row, LoadUndo) else row
    facts = {
        "file": load.file_name,
        "lines": load.line_count,
        "people": row.people_count,
        "cycles": row.cycle_count,
        "opened": row.opened_count if isinstance(row, LoadUndo) else 0,
        "reason": row.reason,
        "note": row.decision_note,
        "digest": row.seen,
    }
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=load.file_name or load.reason,
        object_id=load.public_id,
        facts={key: value for key, value in facts.items() if value},
    )


def again(done: Row, by: "User", *, is_same: bool = True) -> Row:
    """What a second click finds. Raises rules.Refused when it was another's page, or was decided against since."""
    if not is_same or done.asked_by_id != by.pk:
        raise rules.Refused(
            _("This page was answered by somebody else. Open a new one; nothing was asked for.")
        )
    if done.state in (LoadState.REFUSED, LoadState.WITHDRAWN):
        raise decided_meanwhile()
    return done


def decided_meanwhile() -> rules.Refused:
    """What whoever comes too late is told."""
    return rules.Refused(_("This was decided meanwhile. Nothing was changed."))


def _about(held: Load | LoadUndo, today: date) -> set[int]:
    """Whom it concerns, by id, as things are now."""
    if isinstance(held, LoadUndo):
        return loads.taking_back(held.load, today).user_ids
    return queries.preview(held.text, by_id=held.asked_by_id, today=today).user_ids


def _refuse_for_concerned(user_ids: Collection[int], by: "User") -> None:
    if by.pk in user_ids:
        raise rules.Refused(_("You stand in this file yourself. Somebody else has to decide about it."))


def _hold() -> None:
    """Lock every requirement until the end of the transaction: no change of one, and nobody new, comes between."""
    for requirement in requirements.loadable():
        requirements.locked(requirement.pk)


def _looked(text: str, *, by_id: int, fingerprint: str, today: date) -> queries.Load:
    """What the file does now, if that is what was seen. `_hold` first: no change and nobody new comes between."""
    seen = queries.preview(text, by_id=by_id, today=today)
    if seen.fingerprint != fingerprint:
        raise rules.NumbersChanged(
            _("Something has changed since you looked, so nothing was loaded. Look again, then confirm.")
        )
    if seen.faults:
        raise rules.Refused(_("Some lines cannot be loaded. Put them right, and nothing is lost until then."))
    if not seen.new:
        raise rules.Refused(_("Every line is on record already. Nothing was changed."))
    return seen


def _write(load: Load, seen: queries.Load, *, by: "User", at: datetime) -> None:
    load.state, load.made_at = LoadState.MADE, at
    load.save()
    Credit.objects.bulk_create(
        [
            Credit(
                user=row.user, requirement=row.requirement, on=row.on, source=CreditSource.HISTORY,
                reason=load.reason, reference=row.line.reference[:200], score=row.score, batch=load.public_id,
                by=load.asked_by, at=at,
            )
            for row in seen.new
            if row.on is not None
        ],
        batch_size=500,
    )  # fmt: skip
    schedule.wake(REFRESH, at=at)
    note("records.history_loaded", load, by=by, at=at)


def _let_go(held: Load | LoadUndo) -> None:
    if isinstance(held, Load):
        held.text = ""
    held.save()
