"""Requests for many at once: one reason, one decision by a second person, each by name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.records import messages, rules
from compliance.records.actions import certifying, deciding, excusing, extending
from compliance.records.actions.patience import in_words
from compliance.records.enums import RequestState
from compliance.records.models import Extension
from compliance.records.queries.bounds import bounds_of, may_take_back
from compliance.records.queries.certifying import has_it as has_it_now
from compliance.records.queries.requests import KINDS, LeftOut, extended_due_dates
from compliance.records.queries.together import MOST, Days, Together, can_be_undone, days_fault, together
from compliance.requirements import queries as requirements
from lms.audit import actions as audit

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


@dataclass(frozen=True, slots=True)
class Decided:
    """How many were approved (or refused, withdrawn, undone), and for whom it could not be done, with the reason."""

    count: int
    left_out: list[LeftOut]


@transaction.atomic
def ask_together(
    kind: str,
    requirement: "Requirement",
    days: Days,
    *,
    user_ids: Collection[int],
    reason: str,
    evidence_note: str,
    batch: UUID,
    fingerprint: str,
    by: "User",
    today: date,
    at: datetime,
) -> int:
    """Ask for everybody who was shown, or for nobody; answers for how many. Somebody else decides.

    `batch` names the deed: a second time it changes nothing. `fingerprint` is that of what was shown. Raises
    rules.Refused, and rules.NumbersChanged when it would no longer be the same.
    """
    if done := _asked_before(kind, batch, by):
        return done
    if fault := days_fault(kind, days, today):
        raise rules.Refused(fault)
    seen = together(kind, requirement, days, user_ids=user_ids, today=today, by_id=by.pk)
    if seen.fingerprint != fingerprint:
        raise rules.NumbersChanged(
            _("Something has changed since you looked, so nothing was asked for. Look again, then confirm.")
        )
    if not 0 < len(seen.given) <= MOST:
        raise rules.Refused(
            _("Choose at least one person and at most %(most)s for whom it can be asked.") % {"most": MOST}
        )
    said = {
        "requirement": requirement, "reason": reason, "evidence_note": evidence_note, "batch": batch,
        "asked_by": by, "asked_at": at,
    }  # fmt: skip
    try:
        with transaction.atomic():
            KINDS[kind].objects.bulk_create(_rows(seen, said))
    except IntegrityError as error:
        raise rules.NumbersChanged(
            _("Somebody else has asked for some of these people meanwhile. Look again, then confirm.")
        ) from error
    rows = list(_whole(kind, batch))
    messages.tell_deciders(rows[0], at=at)
    audit.record_all([deciding.entry(_deed(kind, "asked"), row) for row in rows], by=by, at=at)
    return len(rows)


def _asked_before(kind: str, batch: UUID, by: "User") -> int:
    """For how many the same page has asked already. Raises rules.Refused when it was somebody else's page."""
    named_so = KINDS[kind].objects.filter(batch=batch)
    done: int = named_so.filter(asked_by=by).count()
    if not done and named_so.exists():
        raise rules.Refused(
            _("This page was answered by somebody else. Open a new one; nothing was asked for.")
        )
    return done


def _rows(seen: Together, said: Mapping[str, Any]) -> list[Any]:
    days, kind = seen.days, cast(Any, KINDS[seen.kind])
    if seen.kind == "extensions":
        return [
            kind(
                user_id=one.user_id,
                record_id=one.record_id,
                moved_from=one.moved_from,
                moved_to=days.moved_to,
                **said,
            )
            for one in seen.given
        ]
    if seen.kind == "certifications":
        done = {"on": days.on, "source": days.source, "valid_until": days.valid_until}
        return [kind(user_id=one.user_id, **done, **said) for one in seen.given]
    own: dict[str, Any] = {"starts_on": days.starts_on, "ends_on": days.ends_on}
    if seen.kind == "exemptions":
        own["review_on"] = days.review_on
    return [kind(user_id=one.user_id, **own, **said) for one in seen.given]


@in_words()
@transaction.atomic
def approve_together(kind: str, batch: UUID, *, note: str, by: "User", today: date, at: datetime) -> Decided:
    """Let all of them come true for whom it can still; the others are refused, each with the reason.

    What is about whoever decides goes on waiting for somebody else. Raises rules.Refused.
    """
    rows = _waiting(kind, batch)
    if by.pk in {row.asked_by_id for row in rows}:
        raise rules.Refused(deciding.your_own_request())
    own = [row for row in rows if row.user_id == by.pk]
    others = [row for row in rows if row.user_id != by.pk]
    left_out = [LeftOut(row.user.display_name, deciding.about_yourself()) for row in own]
    if not others:
        raise rules.Refused(deciding.about_yourself())
    why = _impossible(kind, others, today)
    possible = [row for row in others if row.user_id not in why]
    if possible:
        _carry_out(kind, possible, note=note, by=by, today=today, at=at)
    impossible = [row for row in others if row.user_id in why]
    for row in impossible:
        deciding.decide(row, RequestState.REFUSED, note=why[row.user_id], by=by, at=at)
        left_out.append(LeftOut(row.user.display_name, why[row.user_id]))
    messages.tell_together(rows[0], possible, at=at)
    entries = [deciding.entry(_deed(kind, "approved"), row) for row in possible]
    entries += [deciding.entry(_deed(kind, "refused"), row) for row in impossible]
    audit.record_all(entries, by=by, at=at)
    return Decided(len(possible), left_out)


def _impossible(kind: str, rows: list[Any], today: date) -> dict[int, str]:
    """By person: why it cannot come true any more."""
    if kind == "extensions":
        unfinished = {one.pk: one for one in extending.locked_open([row.record_id for row in rows])}
        found = {row.user_id: extending.why_not(row, unfinished.get(row.record_id), today) for row in rows}
        return {user_id: why for user_id, why in found.items() if why}
    has_it = has_it_now(rows[0].requirement_id, [row.user_id for row in rows])
    gone = {row.user_id: rules.not_held_text(kind) for row in rows if row.user_id not in has_it}
    if kind == "certifications":
        requirement = requirements.locked(rows[0].requirement_id)
        return gone | certifying.in_the_way(requirement, rows, today)
    return excusing.in_the_way(rows, today) | gone


def _carry_out(kind: str, rows: list[Any], *, note: str, by: "User", today: date, at: datetime) -> None:
    if kind == "certifications":
        certifying.certify(rows, note=note, by=by, at=at)
        return
    if kind != "extensions":
        excusing.put_in_force(rows, note=note, by=by, today=today, at=at)
        return
    for row in rows:
        deciding.decide(row, RequestState.APPROVED, note=note, by=by, at=at)
    extending.move(rows[0].requirement, extending.locked_open([row.record_id for row in rows]), at=at)


@transaction.atomic
def refuse_together(kind: str, batch: UUID, *, note: str, by: "User", at: datetime) -> Decided:
    """Leave everything as it is, and say why. Raises rules.Refused."""
    rows = _waiting(kind, batch)
    others = [row for row in rows if row.user_id != by.pk]
    if not others:
        raise rules.Refused(deciding.about_yourself())
    _close(kind, others, RequestState.REFUSED, "refused", note=note, by=by, at=at)
    messages.tell_together(rows[0], [], at=at)
    left_out = [
        LeftOut(row.user.display_name, deciding.about_yourself()) for row in rows if row.user_id == by.pk
    ]
    return Decided(len(others), left_out)


@transaction.atomic
def withdraw_together(kind: str, batch: UUID, *, by: "User", at: datetime) -> Decided:
    """Whoever asked no longer does. Raises rules.Refused."""
    rows = _waiting(kind, batch)
    if rows[0].asked_by_id != by.pk:
        raise rules.Refused(_("Only whoever asked can withdraw a request."))
    _close(kind, rows, RequestState.WITHDRAWN, "withdrawn", note="", by=by, at=at)
    return Decided(len(rows), [])


@transaction.atomic
def undo_extensions(batch: UUID, *, reason: str, by: "User", today: date, at: datetime) -> Decided:
    """Within a day: give everybody back the due date they would have without these extensions.

    Who has finished meanwhile keeps what there was, and so does whoever takes it back. A department's administrator
    takes back what they gave themself, of people they still look after. Raises rules.Refused.
    """
    bounds = bounds_of(by, today)
    rows = list(_whole("extensions", batch).select_for_update(of=("self",)))
    given = [row for row in rows if can_be_undone(row, at)]
    if not given:
        raise rules.Refused(
            _(
                "This was undone already, or it is more than 24 hours ago. People have acted on the new date since."
            )
        )
    unfinished = {one.pk: one for one in extending.locked_open([row.record_id for row in given])}
    moved_to = extended_due_dates(list(unfinished))
    back, left_out = [], []
    for row in given:
        if row.user_id == by.pk:
            left_out.append(LeftOut(row.user.display_name, deciding.about_yourself()))
        elif not may_take_back(by, row.decided_by_id, row.user_id, bounds):
            left_out.append(LeftOut(row.user.display_name, _("Not given by you, or no longer in your care.")))
        elif row.record_id not in unfinished:
            left_out.append(
                LeftOut(row.user.display_name, _("Has finished it meanwhile, or no longer owes it."))
            )
        elif moved_to.get(row.record_id) != row.moved_to:
            left_out.append(
                LeftOut(row.user.display_name, _("A later extension has moved the date on; it stays there."))
            )
        else:
            row.undone_by, row.undone_at, row.undo_reason = by, at, reason
            back.append(row)
    if not back:
        raise rules.Refused(_("There is nothing left to undo: nobody’s due date would change."))
    Extension.objects.bulk_update(back, ["undone_by", "undone_at", "undo_reason"], batch_size=500)
    extending.move(back[0].requirement, [unfinished[row.record_id] for row in back], at=at)
    messages.tell_undone(back, at=at)
    audit.record_all([deciding.entry("records.extension_undone", row) for row in back], by=by, at=at)
    return Decided(len(back), left_out)


def _close(
    kind: str, rows: list[Any], state: RequestState, deed: str, *, note: str, by: "User", at: datetime
) -> None:
    for row in rows:
        deciding.decide(row, state, note=note, by=by, at=at)
    audit.record_all([deciding.entry(_deed(kind, deed), row) for row in rows], by=by, at=at)


def _whole(kind: str, batch: UUID) -> Any:
    rows = KINDS[kind].objects.filter(batch=batch).select_related("user", "requirement", "asked_by")
    return rows.order_by("pk")


def _waiting(kind: str, batch: UUID) -> list[Any]:
    """What waits of it, locked. Raises rules.Refused when nothing does."""
    rows = _whole(kind, batch).filter(state=RequestState.WAITING).select_for_update(of=("self",))
    found = list(rows)
    if not found:
        raise rules.Refused(deciding.decided_meanwhile())
    return found


def _deed(kind: str, what: str) -> str:
    return f"records.{KINDS[kind].noun}_{what}"
