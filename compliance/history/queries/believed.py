"""People and requirements as the engine sees them, put together from what was known instead of from what is.

What has days of its own (an appointment, a leave, a field, a naming, an excuse, a completion) is as it is known on the
later day, and holds on its own days. What has none (kinds, departments and their tree, groups, the calendar, names) is
as it was at the end of the day that is asked about.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

from compliance.core.asof import Moment
from compliance.core.exemptions import Exemption
from compliance.core.fields import FieldValue
from compliance.core.milestones import Milestone, Other
from compliance.core.namings import Naming, Side
from compliance.core.plan import Rule
from compliance.core.terms import Absence, Appointment, Calendar, Cause, Person
from compliance.core.waivers import Waiver
from compliance.history.queries.known import day, fetched, known, moment_after, of_people, on_the_day, quoted
from compliance.requirements import queries as requirements
from tenants import clock

_Key: TypeAlias = tuple[int, int]
"""(requirement, person)."""
_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one requirement said on the day (`said`, never to be saved), and the day on which it was turned on."""

    said: Any
    rule: Rule
    begun_on: dt.date


class Believed:
    """What is known about these people (at least one) and about the day; a constant number of statements."""

    def __init__(self, moment: Moment, users: Collection[int]) -> None:
        self._moment = moment
        self._end, self._until = moment_after(moment.on), moment_after(moment.known_on)
        self._mine = of_people(users)
        self._titles: dict[int, str] = dict(
            fetched(f"SELECT id, title FROM ({self._then('requirements_requirement')}) r")
        )
        fields = fetched(f"SELECT key, name FROM ({self._then('people_personfield')}) f")
        self._field_names: dict[str, str] = dict(fields)
        self._calendar = Calendar(frozenset(on for (on,) in fetched(self._holidays)))
        self._rests, self._by_hand, self._excuses = self._pauses(), self._namings(), self._excused()
        self._everywhere = self._people(users)

    def asked(self) -> Iterator[Asked]:
        """What was on by the end of the day, as far as is known, and neither retired nor resting on it.

        Three statements.
        """
        rows = known("requirements_requirement", self._until, only=f"row.turned_on_at < {quoted(self._end)}")
        gone = known("requirements_requirement", self._end, only="row.state = 'retired'")
        turned_on: dict[int, dt.datetime] = dict(
            fetched(
                f"SELECT id, turned_on_at FROM ({rows}) r WHERE id NOT IN (SELECT id FROM ({gone}) g) ORDER BY id"
            )
        )
        said = requirements.said_before(self._end, list(turned_on))
        for pk, at in turned_on.items():
            if not any(each.covers(self._moment.on) for each in self._rests.get(pk, ())):
                yield Asked(said[pk], self._rule(said[pk]), clock.today(at))

    def people(self, asked: Asked) -> Iterator[Person]:
        """The people as that requirement sees them; at most one statement."""
        pk, other = asked.said.pk, asked.rule.terms.waits_for
        reached = self._milestones(other.key) if isinstance(other, Other) else {}
        rests = tuple(self._rests.get(pk, ()))
        for person in self._everywhere:
            key = (pk, person.id)
            yield replace(
                person,
                absences=(*person.absences, *self._excuses.get(key, ()), *rests),
                by_hand=self._by_hand.get(key, ()),
                milestones=reached.get(person.id, ()),
            )

    def _rule(self, said: Any) -> Rule:
        """The rule of the day, with the holidays and the names of the day."""
        rule: Rule = said.rule
        terms, other, field = rule.terms, rule.terms.due_after, rule.terms.due_field
        if said.observes_calendar:
            terms = replace(terms, calendar=self._calendar)
        if other is not None:
            terms = replace(terms, due_after=replace(other, title=self._titles.get(other.key, other.title)))
        if field is not None:
            name = self._field_names.get(field.key, field.title)
            terms = replace(terms, due_field=replace(field, title=name))
        return replace(rule, terms=terms)

    def _known(self, table: str, only: str = "") -> str:
        """Rows of these people as they are known."""
        return known(table, self._until, only=f"{self._mine} {only}")

    def _then(self, table: str) -> str:
        return on_the_day(table, self._moment.on, self._until)

    @property
    def _holidays(self) -> str:
        # A due date is not given again when the list changes: the one that was there when it was given counts.
        return f'SELECT "on" FROM ({known("requirements_holiday", self._end)}) h'

    def _people(self, users: Collection[int]) -> list[Person]:
        """Active as at the end of the day; who was entered later, as they are known."""
        mine = of_people(users, "id")
        then, later = (known("people_user", each, only=mine) for each in (self._end, self._until))
        rows = fetched(f"""
            SELECT k.id, COALESCE(t.is_active, k.is_active), k.first_signed_in_at
              FROM ({later}) k LEFT JOIN ({then}) t USING (id) ORDER BY k.id""")
        held, away = self._appointments(), self._leaves()
        groups, fields = self._groups(), self._fields()
        return [
            Person(
                pk,
                held.get(pk, ()),
                away.get(pk, ()),
                is_active,
                groups=groups.get(pk, ()),
                fields=fields.get(pk, ()),
                signed_in_on=None if signed_in_at is None else clock.today(signed_in_at),
            )
            for pk, is_active, signed_in_at in rows
        ]

    def _appointments(self) -> dict[int, tuple[Appointment, ...]]:
        """Days as they are known; department, kind, title, working time and manager as they were then."""
        paths = _paths(fetched(f"SELECT id, code, parent_id FROM ({self._then('people_department')}) d"))
        then = known("people_affiliation", self._end, only=self._mine)
        rows = fetched(f"""
            SELECT k.user_id, COALESCE(t.kind, k.kind), COALESCE(t.department_id, k.department_id), k.starts_on,
                   k.ends_on, COALESCE(t.title, k.title),
                   CASE WHEN t.id IS NULL THEN k.fte_percent ELSE t.fte_percent END,
                   COALESCE(above.public_id::text, '')
              FROM ({self._known("people_affiliation")}) k LEFT JOIN ({then}) t USING (id)
              LEFT JOIN people_user above
                     ON above.id = CASE WHEN t.id IS NULL THEN k.manager_id ELSE t.manager_id END
             ORDER BY k.starts_on, k.id""")
        return _by(
            (user_id, Appointment(kind, paths.get(department_id, ()), *others))
            for user_id, kind, department_id, *others in rows
        )

    def _leaves(self) -> dict[int, tuple[Absence, ...]]:
        rows = fetched(f"""
            SELECT user_id, starts_on, ends_on FROM ({self._known("people_leave")}) l ORDER BY starts_on, id""")
        return _by((user_id, Absence.leave(*days)) for user_id, *days in rows)

    def _groups(self) -> dict[int, tuple[tuple[str, dt.date], ...]]:
        """The groups and systems they were in at the end of the day: who is in one has no last day."""
        rows = fetched(f"""
            SELECT m.user_id, g.code, m.since
              FROM ({known("people_groupmember", self._end, only=self._mine)}) m
              JOIN ({known("people_group", self._end)}) g ON g.id = m.group_id ORDER BY g.code""")
        return _by((user_id, (code, since)) for user_id, code, since in rows)

    def _fields(self) -> dict[int, tuple[FieldValue, ...]]:
        rows = fetched(f"""
            SELECT v.user_id, f.key, v.flag, v.number, v.day, v.words, v.starts_on, v.ends_on
              FROM ({self._known("people_fieldvalue")}) v
              JOIN ({self._then("people_personfield")}) f ON f.id = v.field_id ORDER BY v.starts_on, v.id""")
        return _by(
            (user_id, FieldValue(key, next((one for one in said if one is not None), words), first, last))
            for user_id, key, *said, words, first, last in rows
        )

    def _namings(self) -> dict[_Key, tuple[Naming, ...]]:
        """Who is meant or not by hand. Who said it is not asked here."""
        rows = fetched(f"""
            SELECT requirement_id, user_id, side, starts_on, COALESCE(ended_on, ends_on + 1), reason
              FROM ({self._known("requirements_individual")}) i ORDER BY starts_on, id""")
        return _by(
            ((requirement_id, user_id), Naming(Side(side), first, returns_on, reason=reason))
            for requirement_id, user_id, side, first, returns_on, reason in rows
        )

    def _excused(self) -> dict[_Key, tuple[Absence, ...]]:
        """Approved waivers and exemptions."""
        found: list[tuple[_Key, Absence]] = []
        for table, kind in (("records_waiver", Waiver), ("records_exemption", Exemption)):
            rows = fetched(f"""
                SELECT requirement_id, user_id, starts_on, ends_on, ended_on
                  FROM ({self._known(table, "AND row.state = 'approved'")}) e ORDER BY starts_on, id""")
            found += [((of, user_id), kind(*days).absence) for of, user_id, *days in rows]
        return _by(found)

    def _pauses(self) -> dict[int, tuple[Absence, ...]]:
        """The stretches that began by the day in which requirements rested: later ones had moved nothing yet."""
        rows = fetched(f"""
            SELECT requirement_id, starts_on, resumes_on
              FROM ({known("requirements_requirementpause", self._until)}) p
             WHERE starts_on <= {day(self._moment.on)} ORDER BY starts_on, id""")
        return _by((of, Absence(first, returns_on, Cause.PAUSE)) for of, first, returns_on in rows)

    def _milestones(self, requirement_id: int) -> dict[int, tuple[Milestone, ...]]:
        """When they completed a requirement that others are counted from, without what was revoked on the day."""
        on, until = day(self._moment.on), quoted(self._until)
        finished = f"AND row.requirement_id = {requirement_id} AND row.completed_on IS NOT NULL"
        rows = fetched(f"""
            SELECT r.user_id, r.completed_on, r.valid_until, a.assigned_on, c.at, v.again
              FROM ({self._known("records_compliancerecord", finished)}) r
              JOIN ({self._known("records_assignment")}) a ON a.id = r.assignment_id
              LEFT JOIN records_credit c ON c.id = r.credit_id
              LEFT JOIN (
                   SELECT w.record_id, max(s."on") AS again, bool_or(s.id IS NULL) AS is_taken
                     FROM records_revocation w
                     LEFT JOIN records_reinstatement s
                            ON s.revocation_id = w.id AND s.at < {until} AND s."on" <= {on}
                    WHERE w.at < {until} AND w."on" <= {on} GROUP BY w.record_id
              ) v ON v.record_id = r.id
             WHERE v.is_taken IS NOT TRUE ORDER BY r.completed_on, r.id""")
        return _by(
            (user_id, Milestone(requirement_id, done_on, _since(done_on, *known_on), last))
            for user_id, done_on, last, *known_on in rows
        )


def _since(done_on: dt.date, had_on: dt.date, given_at: dt.datetime | None, again: dt.date | None) -> dt.date:
    """As `requirements` has it: on record from the day on which the last came of what makes it count."""
    given_on = done_on if given_at is None else clock.today(given_at)
    return max(done_on, had_on, again or done_on, given_on)


def _paths(rows: list[tuple[int, str, int | None]]) -> dict[int, tuple[str, ...]]:
    """The codes from each department up to the topmost one."""
    tree = {pk: (code, parent) for pk, code, parent in rows}
    paths = {}
    for start in tree:
        codes: list[str] = []
        here: int | None = start
        while here is not None and here in tree and len(codes) < len(tree):
            code, here = tree[here]
            codes.append(code)
        paths[start] = tuple(codes)
    return paths


def _by(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, tuple[_V, ...]]:
    found: dict[_K, list[_V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}
