"""The lines of a file against each other: who appears twice, who manages whom, how departments are called."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lms.people.imports.mapping import Layout, plain
from lms.people.imports.problems import Problem
from lms.people.imports.rows import Entry


@dataclass(frozen=True, slots=True)
class Known:
    """Who and what is here already. An identity is a lower-case employee ID or, without one, the address."""

    identities: Mapping[str, str] = field(default_factory=dict)
    manager_of: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)


def identity(external_id: str, email: str) -> str:
    """What a person is recognised by: the employee ID in any case, else the address."""
    return external_id.lower() or email


def compare(entries: Sequence[Entry], layout: Layout, known: Known) -> dict[str, str]:
    """Add to each entry what only the other lines can tell. Returns departments to create, code to name."""
    _find_repeats(entries)
    departments = _settle_departments(entries, layout, known)
    _join_appointments(entries)
    if layout.has("manager"):
        _settle_managers(entries, known)
    return departments


def _find_repeats(entries: Iterable[Entry]) -> None:
    by_id: dict[str, Entry] = {}
    by_email: dict[str, Entry] = {}
    for entry in entries:
        key = entry.external_id.lower()
        earlier = by_id.get(key) if key else None
        if earlier is not None and not _same_person(earlier, entry):
            facts = {"value": entry.external_id, "line": earlier.line}
            entry.problems.append(Problem("duplicate_external_id", facts=facts))
            continue
        holder = by_email.get(entry.email) if entry.email else None
        if holder is not None and not _same_person(holder, entry):
            entry.problems.append(
                Problem("duplicate_email", facts={"value": entry.email, "line": holder.line})
            )
            continue
        for index, name in ((by_id, key), (by_email, entry.email)):
            if name and (name not in index or not index[name].is_good):
                index[name] = entry


def _same_person(one: Entry, other: Entry) -> bool:
    names = (one.given_name, one.family_name) == (other.given_name, other.family_name)
    return names and one.email == other.email and one.external_id.lower() == other.external_id.lower()


def _settle_departments(entries: Sequence[Entry], layout: Layout, known: Known) -> dict[str, str]:
    codes = {plain(name): code for code, name in known.departments.items()}
    names: dict[str, Counter[str]] = {}
    for entry in entries:
        if not entry.department_code and entry.department_name:
            entry.department_code = codes.get(plain(entry.department_name)) or _code_from(
                entry.department_name
            )
        if entry.is_good:
            names.setdefault(entry.department_code, Counter())[entry.department_name] += 1
    usual = {code: counted.most_common(1)[0][0] for code, counted in names.items()}
    for entry in entries:
        said, wanted = entry.department_name, usual.get(entry.department_code, "")
        if entry.is_good and said and wanted and plain(said) != plain(wanted):
            facts = {"code": entry.department_code, "name": wanted, "value": said}
            problem = Problem("department_name_differs", layout.names.get("department_name", ""), facts)
            entry.problems.append(problem)
    return {code: name or code for code, name in usual.items() if code and code not in known.departments}


def _code_from(name: str) -> str:
    return re.sub(r"\W+", "-", name.upper()).strip("-")[:64]


def _join_appointments(entries: Iterable[Entry]) -> None:
    """Several good lines of one person are several appointments; the same appointment twice is a mistake."""
    firsts: dict[str, Entry] = {}
    for entry in entries:
        if not entry.is_good:
            continue
        first = firsts.setdefault(identity(entry.external_id, entry.email), entry)
        if first is entry:
            continue
        if list(entry.appointment) in [list(first.appointment), *first.also]:
            entry.problems.append(Problem("repeated_row", facts={"line": first.line}))
            continue
        first.also.append(list(entry.appointment))
        # A person's fields may stand on any of their lines; the first line that says something counts.
        first.own.update({key: said for key, said in entry.own.items() if said and not first.own.get(key)})
        entry.second_of = first.line


def _settle_managers(entries: Sequence[Entry], known: Known) -> None:
    names = dict(known.identities)
    for entry in entries:
        if entry.is_good:
            own = identity(entry.external_id, entry.email)
            names[own] = names[entry.email] = own
    manager_of = dict(known.manager_of)
    for entry in entries:
        if not entry.is_good:
            continue
        own = identity(entry.external_id, entry.email)
        if not entry.second_of:
            manager_of.pop(own, None)
        if not entry.manager:
            continue
        manager = names.get(entry.manager.lower(), "")
        if manager in ("", own):
            code = "manager_self" if manager else "manager_unknown"
            entry.problems.append(Problem(code, facts={"value": entry.manager}))
            entry.manager = ""
        else:
            entry.manager = manager
            if not entry.second_of:
                manager_of[own] = manager
    circles = _circles(manager_of)
    for entry in entries:
        circle = circles.get(identity(entry.external_id, entry.email), "") if entry.is_good else ""
        if circle and entry.manager and not entry.second_of:
            entry.problems.append(Problem("manager_circle", facts={"circle": circle}))
            entry.manager = ""


def _circles(manager_of: Mapping[str, str]) -> dict[str, str]:
    """Everyone who is above themselves, with the circle written out (its first eight members)."""
    found: dict[str, str] = {}
    finished: set[str] = set()
    for start in manager_of:
        path: list[str] = []
        on_path: dict[str, int] = {}
        person = start
        while person in manager_of and person not in finished and person not in on_path:
            on_path[person] = len(path)
            path.append(person)
            person = manager_of[person]
        if person in on_path:
            circle = path[on_path[person] :]
            shown = " → ".join([*circle[:8], *(["…"] if len(circle) > 8 else []), circle[0]])
            found.update(dict.fromkeys(circle, shown))
        finished.update(path)
    return found
