"""The undoing of an import in words: what its lines say of each person, and what things are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lms.people.enums import RosterFact
from lms.people.imports.keeping import Key, Said
from lms.people.imports.lines import identity
from lms.people.imports.mapping import FIELDS, OWN
from lms.people.models import Department, PersonField, User

_APPOINTMENT = ("kind", "title", "starts_on", "ends_on", "fte_percent")


def label(name: str) -> str:
    """What a field of a roster is called."""
    return str(FIELDS.get(name, name))


@dataclass(slots=True)
class Names:
    """How departments, fields and people are called: three statements."""

    departments: dict[int, str] = field(default_factory=dict)
    fields: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)

    def of(self, fact: str, said: Said) -> str:
        """What a row of this sort is called in a sentence."""
        if fact == RosterFact.APPOINTMENT:
            return f"{label('department_code')} {self.departments.get(said['department_id'], '')}"
        if fact == RosterFact.LEAVE:
            return f"{label('leave_starts_on')} {said['starts_on']}"
        return self.fields.get(said["field_id"], "")


def names(rows: list[tuple[str, Said]]) -> Names:
    """The names that these rows need."""
    managers = {
        said["manager_id"] for fact, said in rows if fact == RosterFact.APPOINTMENT and said["manager_id"]
    }
    asked = {said["field_id"] for fact, said in rows if fact == RosterFact.VALUE}
    known = User.objects.filter(pk__in=managers).values_list("pk", "external_id", "email")
    return Names(
        dict(Department.objects.values_list("pk", "code")),
        dict(PersonField.objects.filter(pk__in=asked).values_list("pk", "name")) if asked else {},
        {pk: identity(external_id or "", email) for pk, external_id, email in known} if managers else {},
    )


def changes(
    names: Names, now: Mapping[Key, Said], put_back: Mapping[Key, Said | None], fields: Said
) -> dict[str, list[str]]:
    """What a person says now and will say again, for people to read: as `Decision.changes` of an import."""
    found = {
        name: [_text(now[key].get(name)), _text(value)]
        for key in _person(now)
        for name, value in fields.items()
    }
    for key, then in sorted(put_back.items(), key=lambda one: one[0]):
        before = now.get(key)
        match key[0]:
            case RosterFact.APPOINTMENT:
                found |= _appointment(names, before, then)
            case RosterFact.LEAVE:
                found["leave_starts_on"] = [_stretch(before), _stretch(then)]
            case RosterFact.VALUE:
                # Of several stretches the one without an end says what holds.
                name = OWN + names.of(RosterFact.VALUE, before or then or {})
                old, new = found.get(name, ["", ""])
                found[name] = [_open_value(before) or old, _open_value(then) or new]
    return found


def values(user: User, names: Names, now: Mapping[Key, Said]) -> dict[str, str]:
    """Who the line is about, as lines of a file say it."""
    current = [said for key, said in now.items() if key[0] == RosterFact.APPOINTMENT]
    newest = max(current, key=lambda said: str(said["starts_on"]), default=None)
    return {
        "external_id": user.external_id or "",
        "email": user.email,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "preferred_name": user.preferred_name,
        "department_code": names.departments.get(newest["department_id"], "") if newest else "",
        "kind": newest["kind"] if newest else "",
    }


def _person(now: Mapping[Key, Said]) -> list[Key]:
    return [key for key in now if key[0] == RosterFact.PERSON]


def _appointment(names: Names, before: Said | None, then: Said | None) -> dict[str, list[str]]:
    old, new = _shown(names, before), _shown(names, then)
    if before is None or then is None:
        return {"department_code": [old.get("department_code", ""), new.get("department_code", "")]}
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def _shown(names: Names, said: Said | None) -> dict[str, str]:
    if said is None:
        return {}
    return {
        "department_code": names.departments.get(said["department_id"], ""),
        "manager": names.people.get(said["manager_id"], ""),
        **{name: _text(said[name]) for name in _APPOINTMENT},
    }


def _stretch(said: Said | None) -> str:
    return f"{said['starts_on']} – {said['ends_on'] or ''}".strip() if said else ""


def _open_value(said: Said | None) -> str:
    if said is None or said["ends_on"] is not None:
        return ""
    if said["flag"] is not None:
        return "yes" if said["flag"] else "no"
    return said["words"] or _text(said["number"]) or _text(said["day"])


def _text(value: object) -> str:
    return (
        format(value.normalize(), "f") if isinstance(value, Decimal) else "" if value is None else str(value)
    )
