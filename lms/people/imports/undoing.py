"""Taking back what an import did, person by person: what is put back, what is left as it is, and why.

From what was kept (`keeping`) and what stands now. A row that says what the import left is put back; one that says
something else was changed since, by somebody who knows better, and is left alone.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models.functions import Lower

from lms.access import roles
from lms.people import events
from lms.people.enums import RosterFact, RowOutcome
from lms.people.imports import keeping, told
from lms.people.imports.keeping import Key, Said
from lms.people.imports.problems import Problem
from lms.people.models import (
    Affiliation,
    GroupMember,
    Invitation,
    RoleGrant,
    RosterChange,
    RosterImport,
    RosterRow,
    User,
)

_IDENTIFIES = ("email", "external_id")


@dataclass(slots=True)
class Case:
    """One person: what the import changed of them, what stands now, and what is to be done.

    `put_back` are rows with what they are to say again; None: not to be there.
    """

    user: User
    kept: dict[Key, RosterChange]
    now: dict[Key, Said]
    names: told.Names
    is_owner: bool = False
    is_taken_out: bool = False
    fields: Said = field(default_factory=dict)
    put_back: dict[Key, Said | None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def added(self) -> bool:
        """Whether the import brought them here, or brought somebody back whom an undo had taken out."""
        person = self.kept.get((RosterFact.PERSON, self.user.pk))
        if person is None or person.after is None:
            return False
        return person.before is None or (not person.before["is_active"] and person.after["is_active"])

    @property
    def outcome(self) -> str:
        """What it comes to."""
        if self.is_taken_out:
            return RowOutcome.REMOVE
        return RowOutcome.UPDATE if self.fields or self.put_back else RowOutcome.LEFT

    def is_same(self, key: Key) -> bool:
        """Whether the row says what the import left there."""
        return self.now.get(key) == self.kept[key].after

    def leave(self, code: str, column: object = "", **facts: object) -> None:
        """Say why something stays."""
        self.problems.append(Problem(code, str(column), facts))


def decide(undone: RosterImport, user_ids: Collection[int], *, at: datetime) -> list[Case]:
    """What is to be done about these people; a fixed number of statements. Writes nothing."""
    cases = _cases(undone, user_ids)
    since = undone.begun_at or at
    reasons = _reasons_to_stay(undone, [one for one in cases if one.added], since)
    for case in cases:
        why = reasons.get(case.user.pk) if case.added else None
        if why is not None:
            case.leave(why)
        elif case.added:
            _take_out(case)
        else:
            _put_back(case, at)
    _free_identifiers(cases)
    return cases


def _cases(undone: RosterImport, user_ids: Collection[int]) -> list[Case]:
    kept: dict[int, dict[Key, RosterChange]] = defaultdict(dict)
    for change in RosterChange.objects.filter(roster_import=undone, user_id__in=list(user_ids)):
        kept[change.user_id][change.fact, change.row_id] = change
    now: dict[int, dict[Key, Said]] = defaultdict(dict)
    for key, (user_id, said) in keeping.rows_of(user_ids).items():
        now[user_id][key] = said
    granted = RoleGrant.objects.filter(user_id__in=list(user_ids), role=roles.Owner.key)
    owners = {*granted.values_list("user_id", flat=True)}
    users = User.objects.filter(pk__in=list(user_ids)).order_by("pk")
    rows_kept = [
        (change.fact, one)
        for changes in kept.values()
        for change in changes.values()
        for one in (change.before, change.after)
        if one is not None
    ]
    names = told.names(rows_kept)
    return [
        Case(user, kept[user.pk], now[user.pk], names, user.pk in owners) for user in users if user.pk in kept
    ]


def _reasons_to_stay(undone: RosterImport, added: Collection[Case], since: datetime) -> dict[int, str]:
    """Why somebody whom the import added is here in their own right by now, by person."""
    ids = [one.user.pk for one in added]
    if not ids:
        return {}
    found: dict[int, str] = {one.user.pk: "undo_touched" for one in added if _is_touched(one)}
    for given in (RoleGrant.objects, GroupMember.objects, Invitation.objects):
        held = given.filter(user_id__in=ids)
        found |= dict.fromkeys(held.values_list("user_id", flat=True), "undo_touched")
    written = RosterChange.objects.filter(roster_import=undone, fact=RosterFact.APPOINTMENT).values("row_id")
    managed = Affiliation.objects.filter(manager_id__in=ids).exclude(pk__in=written)
    found |= {pk: "undo_touched" for pk in managed.values_list("manager_id", flat=True) if pk is not None}
    answers: list[tuple[Any, Any]] = events.standing_asked.send(sender=None, user_ids=ids)
    for _receiver, answer in answers:
        found |= answer
    for one in added:
        if one.user.last_login is not None and one.user.last_login >= since:
            found[one.user.pk] = "undo_signed_in"
    return found


def _is_touched(case: Case) -> bool:
    """Whether anything stands there that the import did not leave so."""
    return any(not case.is_same(key) for key in case.kept) or any(
        key not in case.kept and key[0] != RosterFact.PERSON for key in case.now
    )


def _take_out(case: Case) -> None:
    """As if they had never been: what the import said of them goes, and nobody signs in as them."""
    case.is_taken_out = True
    for key, change in case.kept.items():
        if key[0] != RosterFact.PERSON:
            case.put_back[key] = change.before
        elif change.before is not None:
            case.fields |= {name: was for name, was in change.before.items() if was != case.now[key][name]}
    case.fields["is_active"] = False


def _put_back(case: Case, at: datetime) -> None:
    values: dict[int, list[Key]] = defaultdict(list)
    for key, change in sorted(case.kept.items(), key=lambda one: one[0]):
        if change.before == change.after or case.now.get(key) == change.before:
            continue  # changed to and fro, or somebody has put it back already
        if key[0] == RosterFact.PERSON:
            _put_person_back(case, key, change)
        elif key[0] == RosterFact.VALUE:
            values[(change.before or change.after or {})["field_id"]].append(key)
        elif not case.is_same(key) or _is_in_the_way(case, key, change):
            case.leave("undo_changed", case.names.of(key[0], change.after or change.before or {}))
        elif key[0] == RosterFact.APPOINTMENT and _would_end_owner(case, key, change, at):
            case.leave("undo_owner")
        else:
            case.put_back[key] = change.before
    for field_id, keys in values.items():
        _put_value_back(case, field_id, keys)


def _put_person_back(case: Case, key: Key, change: RosterChange) -> None:
    """Each text by itself; who may come in is not the roster's to say."""
    was, left, now = change.before or {}, change.after or {}, case.now.get(key, {})
    for name in was.keys() - {"is_active"}:
        if was[name] == left[name] or now[name] == was[name]:
            continue
        if now[name] != left[name]:
            case.leave("undo_changed", told.label(name))
        else:
            case.fields[name] = was[name]


def _is_in_the_way(case: Case, key: Key, change: RosterChange) -> bool:
    """Whether another leave begins on the day on which one that was taken away began."""
    if key[0] != RosterFact.LEAVE or change.before is None:
        return False
    return any(
        other[0] == RosterFact.LEAVE and other != key and said["starts_on"] == change.before["starts_on"]
        for other, said in case.now.items()
    )


def _would_end_owner(case: Case, key: Key, change: RosterChange, at: datetime) -> bool:
    """A site must keep whoever may administer it: an appointment that was open is not ended by an undo."""
    if not case.is_owner or (change.before is not None and change.before["ends_on"] is None):
        return False
    ends = [
        said["ends_on"]
        for other, said in case.now.items()
        if other[0] == RosterFact.APPOINTMENT and other != key
    ]
    if change.before is not None:
        ends.append(change.before["ends_on"])
    return bool(ends) and all(end is not None for end in ends)


def _put_value_back(case: Case, field_id: int, keys: list[Key]) -> None:
    """What a field said is one story: it is put back whole or not at all."""
    stretches = [was for key in keys if (was := case.kept[key].before) is not None]
    others = [
        said
        for key, said in case.now.items()
        if key[0] == RosterFact.VALUE and key not in keys and said["field_id"] == field_id
    ]
    clash = any(_overlap(one, other) for one in stretches for other in others)
    if clash or not all(case.is_same(key) for key in keys):
        case.leave("undo_changed", case.names.of(RosterFact.VALUE, {"field_id": field_id}))
        return
    case.put_back |= {key: case.kept[key].before for key in keys}


def _overlap(one: Said, other: Said) -> bool:
    return (one["ends_on"] is None or other["starts_on"] <= one["ends_on"]) and (
        other["ends_on"] is None or one["starts_on"] <= other["ends_on"]
    )


def _free_identifiers(cases: list[Case]) -> None:
    """Leave addresses and employee IDs alone that somebody else has by now.

    Whoever gives one up in the same undo counts as having it still: nobody is to hold it twice in between.
    """
    wanted = {
        (name, str(value).lower()): case
        for case in cases
        for name, value in case.fields.items()
        if name in _IDENTIFIES and value
    }
    emails = [value for name, value in wanted if name == "email"]
    numbers = [value for name, value in wanted if name == "external_id"]
    held = [("email", one) for one in User.objects.filter(email__in=emails).values_list("email", flat=True)]
    known = User.objects.annotate(number=Lower("external_id")).filter(number__in=numbers)
    held += [("external_id", number) for number in known.values_list("number", flat=True)]
    for name, value in held:
        case = wanted[name, value]
        # Their own in another case is nobody else's.
        if str(case.now[RosterFact.PERSON, case.user.pk][name] or "").lower() != value:
            said = case.fields.pop(name)
            case.leave("undo_taken", told.label(name), value=said)


def rows(
    undo: RosterImport, cases: list[Case], first: int, *, at: datetime, is_done: bool
) -> list[RosterRow]:
    """A line for each person, as the page shows it; numbered from `first`. Those put back carry their moment."""
    return [
        RosterRow(
            roster_import=undo,
            line_number=number,
            values=told.values(case.user, case.names, case.now),
            outcome=case.outcome,
            problems=[problem.stored() for problem in case.problems],
            changes={}
            if case.is_taken_out
            else told.changes(case.names, case.now, case.put_back, case.fields),
            user_id=case.user.pk,
            applied_at=at if is_done and case.outcome != RowOutcome.LEFT else None,
        )
        for number, case in enumerate(cases, start=first)
    ]
