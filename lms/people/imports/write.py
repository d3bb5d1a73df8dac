"""Writing one chunk of an import: everything in bulk, in the caller's transaction."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection

from lms.people import queries
from lms.people.actions.days import end_appointments, refresh_days
from lms.people.actions.fields import Setting, write_values
from lms.people.enums import RowOutcome
from lms.people.imports import keeping, plan, snapshot
from lms.people.imports.lines import identity
from lms.people.imports.mapping import Layout
from lms.people.imports.plan import Decision
from lms.people.imports.rows import Entry
from lms.people.models import Affiliation, Department, Leave, RosterImport, RosterRow, User
from lms.people.rules import read_value

# One statement for a whole chunk; Django's bulk_update builds a CASE a row and costs ten times as much.
_MARK = """
UPDATE people_rosterrow AS r SET user_id = d.user_id, applied_at = %(at)s
  FROM unnest(%(rows)s::bigint[], %(users)s::bigint[]) AS d (id, user_id) WHERE r.id = d.id
"""
_SET_MANAGERS = """
UPDATE people_affiliation AS a SET manager_id = d.manager_id
  FROM unnest(%(affiliations)s::bigint[], %(managers)s::bigint[]) AS d (id, manager_id) WHERE a.id = d.id
"""
_PLAIN = ("kind", "title", "starts_on", "ends_on", "fte_percent", "source")


def add_departments(roster: RosterImport) -> None:
    """Add the departments of the file that are not here yet."""
    wanted = [
        Department(code=code, name=name) for code, name in roster.options.get("departments", {}).items()
    ]
    Department.objects.bulk_create(wanted, ignore_conflicts=True)


class Write:
    """One chunk. `is_manager_turn` sets managers and nothing else. `keeps_for`: what it changes is kept for undoing."""

    def __init__(
        self,
        chunk: Sequence[RosterRow],
        entries: Sequence[Entry],
        layout: Layout,
        *,
        today: date,
        at: datetime,
        is_manager_turn: bool,
        keeps_for: RosterImport | None = None,
    ) -> None:
        self._rows, self._entries = chunk, entries
        self._layout, self._today, self._at = layout, today, at
        self._is_manager_turn, self._keeps_for = is_manager_turn, keeps_for
        self._decided: list[tuple[RosterRow, Entry, Decision]] = []
        self._user_ids: dict[str, int] = {}

    def run(self) -> list[int]:
        """Do it; returns the serial ids of the people it was about."""
        self._decide()
        before = keeping.rows_of(self._user_ids.values()) if self._keeps_for else {}
        if self._is_manager_turn:
            self._set_managers()
        else:
            self._write_people()
            self._write_appointments()
            self._write_leaves()
            self._write_own()
            refresh_days(user_ids=set(self._user_ids.values()))
            self._mark_rows()
        user_ids = sorted(set(self._user_ids.values()))
        if self._keeps_for:
            keeping.keep(self._keeps_for, before, keeping.rows_of(user_ids))
        return user_ids

    def _decide(self) -> None:
        here = snapshot.take(self._entries, today=self._today)
        for row, entry in zip(self._rows, self._entries, strict=True):
            person, conflict = here.of(entry)
            if conflict is not None:
                row.outcome, row.problems = RowOutcome.ERROR, [*row.problems, conflict.stored()]
                continue
            if person is not None:
                self._user_ids[_identity(entry)] = person.id
            decision = plan.decide(entry, person, self._layout, today=self._today)
            self._decided.append((row, entry, decision))

    def _write_people(self) -> None:
        new = [
            self._new_user(entry)
            for _row, entry, _decision in self._decided
            if _identity(entry) not in self._user_ids and not entry.second_of
        ]
        User.objects.bulk_create(new)
        self._user_ids |= {identity(user.external_id or "", user.email): user.pk for user in new}
        changed = {
            self._user_ids[_identity(entry)]: decision.person_fields
            for _row, entry, decision in self._decided
            if decision.person_fields and _identity(entry) in self._user_ids
        }
        fresh = {user.pk for user in new}
        self._update_people({pk: fields for pk, fields in changed.items() if pk not in fresh})
        self._confirm_addresses(new)

    def _new_user(self, entry: Entry) -> User:
        return User(
            external_id=entry.external_id or None,
            email=entry.email,
            given_name=entry.given_name,
            family_name=entry.family_name,
            preferred_name=entry.preferred_name,
            password=f"{UNUSABLE_PASSWORD_PREFIX}{secrets.token_urlsafe(30)}",
            created_at=self._at,
        )

    def _update_people(self, changed: dict[int, dict[str, Any]]) -> None:
        users = list(User.objects.filter(pk__in=changed))
        moved = [user for user in users if "email" in changed[user.pk]]
        for user in users:
            for name, value in changed[user.pk].items():
                setattr(user, name, value)
        names = sorted({name for fields in changed.values() for name in fields})
        if names:
            User.objects.bulk_update(users, names, batch_size=500)
        EmailAddress.objects.filter(user__in=moved).delete()
        self._confirm_addresses(moved)

    def _confirm_addresses(self, users: Sequence[User]) -> None:
        """The roster answers for the address: people sign in with it, by a code at first."""
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
        )

    def _write_appointments(self) -> None:
        departments = dict(Department.objects.values_list("code", "pk"))
        above = self._managers_of_new()
        new: list[Affiliation] = []
        changed: dict[int, dict[str, Any]] = {}
        ended: list[int] = []
        for _row, entry, decision in self._decided:
            fields = {name: value for name, value in decision.appointment_fields.items() if name in _PLAIN}
            if code := decision.appointment_fields.get("department_code"):
                fields["department_id"] = departments[code]
            if decision.appointment_id is None:
                manager_id = above.get(decision.appointment_fields.get("manager", ""))
                user_id = self._user_ids[_identity(entry)]
                new.append(Affiliation(user_id=user_id, manager_id=manager_id, **fields))
            elif fields:
                changed[decision.appointment_id] = fields
            ended.extend(decision.ended_ids)
        Affiliation.objects.bulk_create(new)
        self._update_appointments(changed)
        end_appointments(affiliations=Affiliation.objects.filter(pk__in=ended), on=self._today)

    def _managers_of_new(self) -> dict[str, int]:
        """Those who are here already, so that nobody is taken meanwhile for somebody without a manager."""
        found = (each for _row, _entry, each in self._decided if each.appointment_id is None)
        named = {each.appointment_fields.get("manager", "") for each in found} - {""}
        return snapshot.ids_of(named) if named else {}

    def _update_appointments(self, changed: dict[int, dict[str, Any]]) -> None:
        affiliations = list(Affiliation.objects.filter(pk__in=changed))
        for affiliation in affiliations:
            for name, value in changed[affiliation.pk].items():
                setattr(affiliation, name, value)
        names = sorted({name.removesuffix("_id") for fields in changed.values() for name in fields})
        if names:
            Affiliation.objects.bulk_update(affiliations, names, batch_size=500)

    def _write_leaves(self) -> None:
        wanted: dict[tuple[int, date], date | None] = {}
        for _row, entry, decision in self._decided:
            user_id = self._user_ids[_identity(entry)]
            wanted |= {(user_id, start): end for start, end in decision.leaves_set.items()}
            if decision.leaves_removed:
                Leave.objects.filter(user_id=user_id, starts_on__in=decision.leaves_removed).delete()
        Leave.objects.bulk_create(
            (
                Leave(user_id=user_id, starts_on=start, ends_on=end)
                for (user_id, start), end in wanted.items()
            ),
            update_conflicts=True,
            unique_fields=["user", "starts_on"],
            update_fields=["ends_on"],
        )

    def _write_own(self) -> None:
        """What the university's own fields say from today on, those retired meanwhile left out."""
        live = {field.key: field for field in queries.live_fields()} if self._layout.own else {}
        write_values(
            [
                Setting(
                    self._user_ids[_identity(entry)],
                    live[key].pk,
                    read_value(live[key].kind, said),
                    self._today,
                )
                for _row, entry, decision in self._decided
                for key, said in decision.own.items()
                if key in live
            ]
        )

    def _mark_rows(self) -> None:
        row_ids = [row.pk for row, _entry, _decision in self._decided]
        user_ids = [self._user_ids[_identity(entry)] for _row, entry, _decision in self._decided]
        with connection.cursor() as cursor:
            cursor.execute(_MARK, {"rows": row_ids, "users": user_ids, "at": self._at})
        for row in self._rows:
            if row.outcome == RowOutcome.ERROR:
                row.save(update_fields=["outcome", "problems"])

    def _set_managers(self) -> None:
        wanted = {
            decision.appointment_id: decision.appointment_fields["manager"]
            for _row, _entry, decision in self._decided
            if decision.appointment_id and "manager" in decision.appointment_fields
        }
        ids = snapshot.ids_of(manager for manager in wanted.values() if manager)
        managers = [ids.get(manager) for manager in wanted.values()]
        with connection.cursor() as cursor:
            cursor.execute(_SET_MANAGERS, {"affiliations": list(wanted), "managers": managers})


def _identity(entry: Entry) -> str:
    return identity(entry.external_id, entry.email)
