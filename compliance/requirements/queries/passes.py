"""Everything that was done and could count for a requirement: the one place where that is answered.

The preview, the turns of the records and the foresight of years all ask here, so they cannot disagree. What else may
count (not only courses that were passed here) is added to `passes`, as more `Completion`s.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from compliance.core.satisfiers import Equivalence, Satisfiers
from compliance.core.terms import Completion
from compliance.requirements.models import Requirement
from compliance.requirements.queries.equivalences import equivalences
from lms.learning import queries as learning
from tenants import clock

Key = tuple[int, int]
"""(user id, requirement id); an unsaved requirement has the id 0."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was on record just before the moment `before` (UTC), about the days up to `on`."""

    on: date
    before: datetime


def passes(
    requirements: Iterable[Requirement],
    *,
    user_ids: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    also: tuple[Equivalence, ...] = (),
    known: Knowledge | None = None,
) -> dict[Key, list[Completion]]:
    """What these people (None: everybody) did that could count for these requirements, oldest first.

    From `since` to `until`, both moments in UTC and included. What was revoked for a requirement is left out, and what
    came with a load that was taken back and is in no cycle (its cycles are revoked one by one). `also`: equivalences
    that are not approved, to see what they would do. `known`: by what was on record then, instead of now. Four
    statements, however many people and requirements.
    """
    found: dict[Key, list[Completion]] = defaultdict(list)
    wanted: dict[int, list[tuple[int, Satisfiers]]] = defaultdict(list)
    answered = satisfiers(requirements, also, known)
    for requirement_id, one in answered.items():
        for course_id in one.courses:
            wanted[course_id].append((requirement_id, one))
    if not wanted:
        return found
    asked = [each for each in answered if each]
    revoked = _revoked(asked, known)
    for row in learning.completions(course_ids=list(wanted), user_ids=user_ids, since=since):
        if until is not None and row.completed_at > until:
            continue
        on = clock.today(row.completed_at)
        for requirement_id, one in wanted[row.course_id]:
            done = one.completion(row.course_id, on, row.enrollment_id, row.completed_at)
            if done is not None and (requirement_id, row.enrollment_id, None) not in revoked:
                found[row.user_id, requirement_id].append(done)
    for key, credit in _credits(asked, user_ids, known):
        if (key[1], None, credit.done.credit_id) in revoked:
            continue
        if (since is None or credit.moment >= since) and (until is None or credit.moment <= until):
            found[key].append(credit.done)
            found[key].sort(key=lambda one: one.rank)
    return found


def _revoked(asked: Collection[int], known: Knowledge | None) -> set[tuple[int, int | None, int | None]]:
    """(requirement, enrollment, credit) of every completion that counts no longer. The rows belong to `records`."""
    if not asked:
        return set()
    revocation: Any = apps.get_model("records", "Revocation")
    rows = revocation.objects.filter(record__requirement_id__in=asked)
    if known is None:
        rows = rows.filter(reinstatement__isnull=True)
    else:
        rows = rows.filter(at__lt=known.before, on__lte=known.on)
        rows = rows.exclude(reinstatement__at__lt=known.before, reinstatement__on__lte=known.on)
    return set(rows.values_list("record__requirement_id", "record__enrollment_id", "record__credit_id"))


def satisfiers(
    requirements: Iterable[Requirement],
    also: tuple[Equivalence, ...] = (),
    known: Knowledge | None = None,
) -> dict[int, Satisfiers]:
    """What answers each of these, by its id (0: unsaved), with the equivalences that were approved; one statement."""
    approved = equivalences(before=known.before if known is not None else None)
    return {each.pk or 0: Satisfiers(each.sets, approved + also) for each in requirements}


@dataclass(frozen=True, slots=True)
class _Credit:
    moment: datetime
    done: Completion


def _credits(
    asked: Collection[int], user_ids: Collection[int] | None, known: Knowledge | None
) -> Iterable[tuple[Key, _Credit]]:
    """Completions that did not happen in a course here. The rows belong to `records`."""
    if not asked:
        return
    credit: Any = apps.get_model("records", "Credit")
    rows = credit.objects.filter(requirement_id__in=asked)
    if user_ids is not None:
        rows = rows.filter(user_id__in=list(user_ids))
    if known is not None:
        rows = rows.filter(at__lt=known.before)
    rows = rows.annotate(
        is_counted=Exists(credit.records.rel.related_model.objects.filter(credit=OuterRef("pk")))
    )
    for row in rows.filter(Q(is_counted=True) | Q(batch__isnull=True) | ~Q(batch__in=_taken_back(known))):
        # Of its day, whenever it was written down: a day that is made up for must not find it in its future.
        moment = min(row.at, clock.end_of_day(row.on))
        yield (
            (row.user_id, row.requirement_id),
            _Credit(
                moment,
                Completion(
                    row.on,
                    at=moment,
                    credit_id=row.pk,
                    lasts_until=row.valid_until,
                    is_temporary=row.is_temporary,
                    is_history=row.source == "history",
                    is_counted=row.is_counted,
                ),
            ),
        )


def _taken_back(known: Knowledge | None) -> Any:
    """The loads of past completions that count no longer, as their credits name them; a subquery."""
    undo: Any = apps.get_model("records", "LoadUndo")
    rows = undo.objects.filter(state="made")
    if known is not None:
        rows = rows.filter(made_at__lt=known.before, on__lte=known.on)
    return rows.values("load__public_id")


def passes_of(
    requirement: Requirement,
    user_ids: Collection[int] | None = None,
    *,
    also: tuple[Equivalence, ...] = (),
) -> dict[int, list[Completion]]:
    """As `passes`, by person, for one requirement, saved or not."""
    found = passes([requirement], user_ids=user_ids, also=also)
    return {user_id: done for (user_id, _id), done in found.items()}
