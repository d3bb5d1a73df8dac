"""Writing the undoing of an import: what `undoing` decided about a chunk of people, in the caller's transaction."""

from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import BigIntegerField, Value, When
from django.db.models import Case as Choice

from lms.people.actions.days import refresh_days
from lms.people.enums import RosterFact
from lms.people.imports.keeping import KEPT, Said
from lms.people.imports.undoing import Case
from lms.people.models import Affiliation, RosterChange, User

_BATCH = 500
# What is ended makes room for what comes back, so rows that go go first; a value before an appointment or after is one.
_FACTS = (RosterFact.APPOINTMENT, RosterFact.LEAVE, RosterFact.VALUE)


def write(cases: Sequence[Case]) -> list[int]:
    """Do it; returns the serial ids of the people of whom anything was put back."""
    changed = [case for case in cases if case.fields or case.put_back]
    _write_people(changed)
    for fact in _FACTS:
        _write_rows(fact, changed)
    ids = [case.user.pk for case in changed]
    refresh_days(user_ids=ids)
    # Whom no appointment is left to has no first and last day; `refresh_days` looks only at those who have one.
    bare = User.objects.filter(pk__in=ids).exclude(
        pk__in=Affiliation.objects.filter(user__in=ids).values("user")
    )
    bare.update(first_day_on=None, last_day_on=None)
    return ids


def _write_people(cases: Sequence[Case]) -> None:
    changed = [case for case in cases if case.fields]
    moved = [case.user for case in changed if "email" in case.fields]
    for case in changed:
        _say(case.user, case.fields)
    names = sorted({name for case in changed for name in case.fields})
    if names:
        User.objects.bulk_update([case.user for case in changed], names, batch_size=_BATCH)
    # The roster had answered for the new address; whoever undoes answers for the one before.
    EmailAddress.objects.filter(user__in=moved).delete()
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in moved
    )


def _write_rows(fact: str, cases: Sequence[Case]) -> None:
    rows, owner, names = KEPT[fact]
    wanted = {key[1]: (case, then) for case in cases for key, then in case.put_back.items() if key[0] == fact}
    here = {row.pk: row for row in rows.filter(pk__in=list(wanted))}
    rows.filter(pk__in=[pk for pk in here if wanted[pk][1] is None]).delete()
    kept = [_say(row, then) for pk, row in here.items() if (then := wanted[pk][1]) is not None]
    if kept:
        rows.bulk_update(kept, [name.removesuffix("_id") for name in names], batch_size=_BATCH)
    gone = {pk: (case, then) for pk, (case, then) in wanted.items() if pk not in here and then is not None}
    # What was taken away comes back as a row of its own: the one before has its end on record.
    back = rows.bulk_create(_say(rows.model(**{owner: case.user.pk}), then) for case, then in gone.values())
    _name_anew(fact, {was: row.pk for was, row in zip(gone, back, strict=True)})


def _name_anew(fact: str, numbers: dict[int, int]) -> None:
    """What an earlier import did to a row that is back is kept under the number it has now: that can be undone next."""
    if numbers:
        told = (When(row_id=was, then=Value(now)) for was, now in numbers.items())
        kept = RosterChange.objects.filter(fact=fact, row_id__in=list(numbers))
        kept.update(row_id=Choice(*told, output_field=BigIntegerField()))


def _say(row: Any, said: Said) -> Any:
    """Let a row say what was kept as JSON."""
    for name, value in said.items():
        field = type(row)._meta.get_field(name.removesuffix("_id") if name != "external_id" else name)
        setattr(row, name, value if field.is_relation else field.to_python(value))
    return row
