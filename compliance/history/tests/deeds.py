"""What happens at a university, each deed by the action that does it in life; a fact that is put right, by SQL."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db.models import Q

from compliance.core.holding import Due
from compliance.history.tests.life import DAY, FIRST, University
from compliance.records import actions as records
from compliance.records.enums import CreditSource, EventKind, EventReach
from compliance.records.models import ComplianceRecord, Exemption, Revocation, TriggeringEvent, Waiver
from compliance.records.queries import triggers
from compliance.records.tests.factories import make_completion
from compliance.requirements import actions as requirements
from compliance.requirements import queries
from compliance.requirements.models import Equivalence, Individual, Requirement, RequirementPause
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people import actions as people
from lms.people.models import Affiliation, Department, Group, GroupMember, Leave, PersonField, User
from lms.people.tests.factories import make_affiliation

Deed = Callable[["Rich", User], None]


class Rich(University):
    """Besides, a requirement of some, and one that waits for the first.

    The former is for whoever is in a group, uses a system, is cleared or reports to the officer. It waits for a day of
    a field, and looks at weekends and holidays. What all say is kept from the beginning, as where they are turned on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.groups = [
            Group.objects.create(code="LAB", name="Laboratory", kind="group"),
            Group.objects.create(code="ERP", name="Accounts", kind="system"),
        ]
        self.field = PersonField.objects.create(key="cleared", name="Cleared", kind="yes_no")
        self.day_field = PersonField.objects.create(key="started", name="Started", kind="date")
        self.other_course = make_course("elsewhere", "Phishing elsewhere")
        on: dict[str, Any] = {"starts_on": FIRST, "turned_on_at": self.at}
        some = [
            {"groups": ["LAB"]},
            {"access": {"systems": ["ERP"], "ahead_days": 2}},
            {"field": {"key": "cleared", "is": "yes"}},
            {"attribute": {"key": "manager", "is": "one_of", "words": [str(self.officer.public_id)]}},
        ]
        self.special = make_requirement(
            title="Special", audience={"any": some}, first_due_days=6, due_unit="working", roll="later",
            due_from="field", due_field="started", course=make_course("special", "Special"), recurs_months=None, **on,
        )  # fmt: skip
        self.second = make_requirement(
            title="Second", first_due_days=9, due_from="completion", due_after=self.requirement,
            course=make_course("second", "Second"), recurs_months=None, recurs_days=50, **on,
        )  # fmt: skip
        for each in Requirement.objects.all():
            each.versions.create(number=1, content=queries.content_of(each), at=self.at)

    def requirement_of(self, person: User) -> Requirement:
        """One of the three, another each day and for each person."""
        rows = list(Requirement.objects.order_by("pk"))
        return rows[(self.on.toordinal() + person.pk) % len(rows)]

    def do(self, deed: Deed, person: User) -> None:
        """The next minute it is done, or refused."""
        self.tick()
        try:
            deed(self, person)
        except (records.Refused, requirements.NotAllowedNow):
            return


def pass_course(life: Rich, person: User) -> None:
    make_completion(person, life.course, at=life.at)


def pass_elsewhere(life: Rich, person: User) -> None:
    make_completion(person, life.other_course, at=life.at)


def pass_another(life: Rich, person: User) -> None:
    course = (make_course("special"), make_course("second"))[life.on.toordinal() % 2]
    make_completion(person, course, at=life.at)


def correct_start(life: Rich, person: User) -> None:
    starts_on = life.on - (2 + life.on.toordinal() % 20) * DAY
    is_over = Q(ends_on__lt=starts_on)
    Affiliation.objects.filter(user=person).exclude(is_over).update(starts_on=starts_on)


def correct_end(life: Rich, person: User) -> None:
    """Who was said to have left had not."""
    Affiliation.objects.filter(user=person, ends_on__lt=life.on).update(ends_on=None)


def leave(life: Rich, person: User) -> None:
    Leave.objects.get_or_create(
        user=person, starts_on=life.on - 9 * DAY, defaults={"ends_on": life.on + 4 * DAY}
    )


def end_leave(life: Rich, person: User) -> None:
    Leave.objects.filter(user=person).update(ends_on=life.on)
    Leave.objects.filter(user=person, starts_on__gt=life.on).delete()


def depart(life: Rich, person: User) -> None:
    Affiliation.objects.filter(user=person, starts_on__lte=life.on).update(ends_on=life.on)


def deactivate(life: Rich, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def move(life: Rich, person: User) -> None:
    Affiliation.objects.filter(user=person).update(department=life.art)


def report(life: Rich, person: User) -> None:
    """To the officer from now on; or to nobody any more."""
    manager = None if Affiliation.objects.filter(user=person, manager=life.officer).exists() else life.officer
    Affiliation.objects.filter(user=person).update(manager=manager)


def appoint(life: Rich, person: User) -> None:
    if not Affiliation.objects.filter(user=person, ends_on=None).exists():
        make_affiliation(person, department=life.law, starts_on=life.on - 8 * DAY)


def waive(life: Rich, person: User) -> None:
    asked = records.ask_for_waiver(
        user=person, requirement=life.requirement_of(person), starts_on=life.on, ends_on=life.on + 6 * DAY,
        reason="x", by=life.officer, **life.when,
    )  # fmt: skip
    records.approve_waiver(asked, note="", by=life.other, **life.when)


def end_waiver(life: Rich, person: User) -> None:
    for each in Waiver.objects.filter(user=person, state="approved", ended_on=None, ends_on__gte=life.on):
        records.end_waiver(each, reason="x", by=life.officer, **life.when)


def exempt(life: Rich, person: User) -> None:
    asked = records.ask_for_exemption(
        user=person, requirement=life.requirement_of(person), starts_on=life.on, review_on=life.on + 200 * DAY,
        reason="x", by=life.officer, **life.when,
    )  # fmt: skip
    records.approve_exemption(asked, note="", by=life.other, **life.when)


def end_exemption(life: Rich, person: User) -> None:
    for each in Exemption.objects.filter(user=person, state="approved", ended_on=None):
        records.end_exemption(each, reason="x", by=life.officer, **life.when)


def extend(life: Rich, person: User) -> None:
    row = ComplianceRecord.objects.filter(user=person, completed_at=None, closed_at=None).first()
    if row is None:
        return
    asked = records.ask_for_extension(
        user=person, requirement=row.requirement, moved_to=max(row.due_on, life.on) + 9 * DAY, reason="x",
        by=life.officer, **life.when,
    )  # fmt: skip
    records.approve_extension(asked, note="", by=life.other, **life.when)


def rest(life: Rich, person: User) -> None:
    """One of them rests, or goes on."""
    found = life.requirement_of(person)
    if found.state == "active":
        requirements.pause(requirement=found, by=life.officer, **life.when)
    else:
        RequirementPause.objects.filter(requirement=found, resumes_on=None).update(resumes_on=life.on)
        Requirement.objects.filter(pk=found.pk).update(state="active")


def name_by_hand(life: Rich, person: User) -> None:
    """Added to one of them, or left out; or that is ended."""
    found = life.requirement_of(person)
    held = Individual.objects.filter(user=person, requirement=found, ended_on=None).first()
    if held is not None:
        requirements.end_naming(individual=held, reason="x", by=life.officer, **life.when)
        return
    side = ("include", "exclude")[life.on.toordinal() % 2]
    said: dict[str, Any] = {"until": None, "reason": "x", "by": life.officer, "today": life.on}
    seen = queries.consequences(found, [person.pk], requirements.naming(side, **said), life.on)
    requirements.name_by_hand(
        requirement=found, people=[person], side=side, fingerprint=seen.fingerprint, at=life.at, **said
    )


def credit(life: Rich, person: User) -> None:
    """Something from before is certified."""
    records.give_credit(
        user_id=person.pk, requirement_id=life.requirement_of(person).pk, on=life.on - 12 * DAY,
        source=CreditSource.PRIOR, by=life.officer, reason="x", at=life.at,
    )  # fmt: skip


def revoke(life: Rich, person: User) -> None:
    for done in ComplianceRecord.objects.filter(user=person, completed_at__isnull=False, revocations=None):
        records.revoke(done, due_on=life.on + 12 * DAY, reason="x", by=life.officer, **life.when)


def restore(life: Rich, person: User) -> None:
    for each in Revocation.objects.filter(record__user=person, reinstatement=None):
        records.restore(each, reason="x", by=life.other, **life.when)


def join(life: Rich, person: User) -> None:
    """Into the group, or given access to the system; or out."""
    held = GroupMember.objects.filter(user=person).first()
    if held is not None:
        people.remove_member(group=held.group, person=person, by=life.officer, at=life.at)
        return
    group = life.groups[life.on.toordinal() % 2]
    people.add_members(group=group, people=[person], since=life.on, by=life.officer, at=life.at)


def clear(life: Rich, person: User) -> None:
    """The field says yes since some days ago, or no longer anything."""
    value = (True, None)[life.on.toordinal() % 2]
    since = life.on - (life.on.toordinal() % 9) * DAY
    said = {life.field.pk: value, life.day_field.pk: since - 3 * DAY}
    people.set_values(person=person, values=said, since=since, by=life.officer, at=life.at)


def event(life: Rich, person: User) -> None:
    """Asked for again, of this person; an earlier one was a mistake."""
    found = life.requirement_of(person)
    for each in TriggeringEvent.objects.filter(requirement=found, ended_at=None):
        records.end_event(each, reason="x", by=life.officer, **life.when)
    draft = triggers.Draft(EventKind.PHISHING, "Phish", "", life.on - DAY, 7, EventReach.LISTED, (person.pk,))
    seen = triggers.preview(found, draft, life.on)
    records.record_event(found, draft, fingerprint=seen.fingerprint, by=life.officer, **life.when)


def edit(life: Rich, person: User) -> None:
    """One of them says something else and is called something else; open dates move with it."""
    found, turn = life.requirement_of(person), life.on.toordinal()
    content = queries.content_of(found) | {
        "title": f"Called {turn}", "first_due_days": 4 + turn % 9, "grace_days": turn % 4,
    }  # fmt: skip
    if found == life.requirement:
        content["satisfiers"] = requirements.courses(life.course.pk, *([life.other_course.pk] * (turn % 2)))
    definition = requirements.Definition.from_content(content)
    revised = requirements.revise(requirement=found, definition=definition, by=life.officer, at=life.at)
    rows = ComplianceRecord.objects.filter(requirement=found, completed_at=None, closed_at=None)
    moves = {
        row.pk: (
            Due(row.due_on, row.due_on, (row.grace_ends_on - row.due_on).days),
            Due(row.due_on + 2 * DAY, row.due_on + 2 * DAY, revised.grace_days),
        )
        for row in rows
    }
    change = records.ChangeRef(uuid4(), turn, life.officer, "x", life.at)
    records.shift(requirement=revised, moves=moves, change=change)


def equate(life: Rich, person: User) -> None:
    """What is passed elsewhere counts; or no longer does."""
    held = Equivalence.objects.filter(state="approved", ended_on=None).first()
    if held is not None:
        requirements.end_equivalence(held, reason="x", by=life.officer, **life.when)
        return
    made = requirements.propose_equivalence(
        course_id=life.other_course.pk, counts_for_id=life.course.pk, since=None, until=None, reason="x",
        by=life.officer, at=life.at,
    )  # fmt: skip
    seen = queries.settled_by_equivalence(made)
    requirements.approve_equivalence(made, fingerprint=seen.fingerprint, note="", by=life.other, at=life.at)


def holidays(life: Rich, person: User) -> None:
    """Another list of holidays."""
    first = life.on - 6 * DAY
    days = {first + n * DAY: "Holiday" for n in range(0, 30, 1 + life.on.toordinal() % 4)}
    requirements.set_holidays(days=days, by=life.officer, at=life.at)


def rename(life: Rich, person: User) -> None:
    """A department, a field and a person are called something else."""
    PersonField.objects.update(name=f"Field {life.on:%j}")
    Department.objects.filter(pk=life.law.pk).update(name=f"Law {life.on:%j}")
    User.objects.filter(pk=person.pk).update(family_name=f"Name {life.on:%j}")


DEEDS: tuple[Deed, ...] = (
    waive, extend, pass_course, event, credit, name_by_hand, equate, holidays, join, clear, end_waiver, exempt, revoke,
    pass_another, pass_elsewhere, edit, restore, leave, end_exemption, rename, correct_start, end_leave, move, rest,
    depart, correct_end, appoint, report, deactivate,
)  # fmt: skip
"""In an order in which each can follow the ones before."""
