"""What an import changes, kept row by row so that it can be undone: the rows before, the rows after, what differs."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lms.people.enums import RosterFact
from lms.people.models import Affiliation, FieldValue, Leave, RosterChange, RosterImport, User
from lms.people.rules import UNDO_HOURS

if TYPE_CHECKING:
    from django.db.models import Manager

Key = tuple[str, int]
"""Which row: what sort of fact, and its serial id."""
Said = dict[str, Any]
"""What a row says, as JSON."""
Rows = dict[Key, tuple[int, Said]]
"""Row -> whose it is, and what it says."""

# Everything an import may write about somebody, and where a person stands in it.
KEPT: dict[str, tuple["Manager[Any]", str, tuple[str, ...]]] = {
    RosterFact.PERSON: (
        User.objects, "id", ("external_id", "email", "given_name", "family_name", "preferred_name", "is_active"),
    ),
    RosterFact.APPOINTMENT: (
        Affiliation.objects, "user_id",
        ("department_id", "kind", "title", "manager_id", "starts_on", "ends_on", "fte_percent", "source"),
    ),
    RosterFact.LEAVE: (Leave.objects, "user_id", ("starts_on", "ends_on")),
    RosterFact.VALUE: (
        FieldValue.objects, "user_id", ("field_id", "words", "flag", "number", "day", "starts_on", "ends_on"),
    ),
}  # fmt: skip
_BATCH = 1000


def rows_of(user_ids: Collection[int]) -> Rows:
    """Everything that stands about these people now; four statements."""
    found: Rows = {}
    for fact, (manager, owner, names) in KEPT.items():
        held = manager.filter(**{f"{owner}__in": list(user_ids)})
        for pk, user_id, *values in held.values_list("pk", owner, *names):
            said = {name: _plain(value) for name, value in zip(names, values, strict=True)}
            found[str(fact), pk] = (user_id, said)
    return found


def keep(roster: RosterImport, before: Rows, after: Rows) -> None:
    """Write down what differs between the two, in the transaction that changed it."""
    RosterChange.objects.bulk_create(
        _differing(roster, before, after),
        update_conflicts=True,
        unique_fields=["roster_import", "fact", "row_id"],
        update_fields=["after"],
        batch_size=_BATCH,
    )


def forget(*, at: datetime) -> None:
    """Drop what was kept of imports that nobody can undo any more."""
    over = RosterImport.objects.filter(finished_at__lt=at - timedelta(hours=UNDO_HOURS))
    RosterChange.objects.filter(roster_import__in=over.values("pk")).delete()


def forget_daily(*, at: datetime, scheduled_for: datetime) -> None:
    """The nightly job: what was kept goes, whether anybody imports again or not."""
    forget(at=at)


def _differing(roster: RosterImport, before: Rows, after: Rows) -> Iterator[RosterChange]:
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was != now:
            user_id = (now or was or (0, {}))[0]
            yield RosterChange(
                roster_import=roster,
                user_id=user_id,
                fact=key[0],
                row_id=key[1],
                before=was and was[1],
                after=now and now[1],
            )


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case _:
            return value
