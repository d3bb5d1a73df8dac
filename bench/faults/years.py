"""A small university over simulated years: people who come, go and are away, and the daily jobs at any rhythm.

Used by the drills of time (F5, F14) and, smaller, by the suite. Call everything inside a tenant.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

DAY = dt.timedelta(days=1)
RECORDS_AT, REMINDERS_AT, STUDY_AT = dt.time(5, 30), dt.time(8, 0), dt.time(15, 0)
Pass = tuple[str, str]
Study = Callable[[dt.date], list[Pass]]


def populate(seed: int, first: dt.date, *, people: int, days: int, deeds: int = 24) -> None:
    """People and six requirements, drawn by `seed` around `days` from `first`, and what officers did before that.

    Two requirements are answered by one course, one waits for another, and one asks for a group, a system and a field.
    """
    from compliance.records.tests import drawn

    dice = random.Random(seed)
    drawn.prepare(first)
    _people(dice, seed, first, people=people, days=days)
    _requirements(first)
    _before(dice, first, deeds)


def _people(dice: random.Random, seed: int, first: dt.date, *, people: int, days: int) -> None:
    from lms.people.models import FieldValue, Group, GroupMember, Leave, PersonField
    from lms.people.tests.factories import make_affiliation, make_department, make_user

    departments = [make_department(code) for code in ("LAW", "MED", "ART")]
    above: list[Any] = []
    make_user(given_name="Olga", roles=("compliance_officer",), password="!")
    for number in range(people):
        user = make_user(given_name=f"P{number}", family_name=f"Person {seed}")
        for _ in range(dice.choice([1, 1, 1, 2])):
            starts_on = first + dice.randint(-400, days) * DAY
            ends_on = starts_on + dice.randint(20, days) * DAY if dice.random() < 0.4 else None
            kind = dice.choice(["staff", "staff", "faculty", "student"])
            make_affiliation(
                user, department=dice.choice(departments), kind=kind, starts_on=starts_on, ends_on=ends_on,
                manager=above[-1] if above and number % 3 else None,
            )  # fmt: skip
        above.append(user)
        spans = list(user.affiliations.values_list("starts_on", "ends_on"))
        ends = [ends_on for _starts_on, ends_on in spans]
        user.first_day_on = min(starts_on for starts_on, _ends_on in spans)
        known = [ends_on for ends_on in ends if ends_on is not None]
        user.last_day_on = max(known) if len(known) == len(ends) else None
        user.save(update_fields=["first_day_on", "last_day_on"])
        if dice.random() < 0.4:
            away_on = first + dice.randint(-20, days) * DAY
            Leave.objects.create(user=user, starts_on=away_on, ends_on=away_on + dice.randint(0, 90) * DAY)
        for code in ("LAB", "CUI"):
            if dice.random() < 0.3:
                since = first + dice.randint(-20, days) * DAY
                GroupMember.objects.create(group=Group.objects.get(code=code), user=user, since=since)
        if dice.random() < 0.5:
            day = first + dice.randint(-20, days + 20) * DAY
            field = PersonField.objects.get(key="badge")
            FieldValue.objects.create(field=field, user=user, starts_on=first - 100 * DAY, day=day)


def _requirements(first: dt.date) -> None:
    from compliance.requirements.tests.factories import make_course, make_requirement

    begun = first - 200 * DAY
    phishing, safety = make_course("phishing"), make_course("safety", "Safety")
    rungs = [{"days": 0, "to": "manager"}, {"days": 3, "to": "department"}, {"days": 6, "to": "compliance"}]
    earlier = make_requirement(
        title="A", course=phishing, starts_on=begun, recurs_months=3, window_days=30, rungs=rungs
    )
    make_requirement(
        title="B", course=phishing, starts_on=first + 10 * DAY, recurs_months=None, recurs_days=100,
        validity_anchor="completion", window_days=20, grace_days=5, remind_before=[14, 3], remind_after_every=3,
        rungs=rungs,
    )  # fmt: skip
    make_requirement(
        title="C", course=safety, starts_on=begun, audience={"kinds": ["student"]}, recurs_months=12,
        validity_anchor="fixed", fixed_month=2, fixed_day=29, minimum_months=1, first_due_days=14,
    )  # fmt: skip
    make_requirement(
        title="D", course=safety, starts_on=begun, audience={"not": {"on_leave": True}}, recurs_months=1,
        window_days=10, first_due_days=20, remind_before=[7], remind_after_max=2, rungs=rungs,
    )  # fmt: skip
    make_requirement(
        title="E", course=make_course("one"), starts_on=begun, due_from="completion", due_after=earlier, roll="later",
        due_unit="working", first_due_days=6, recurs_months=2, validity_anchor="month_end", window_days=20,
    )  # fmt: skip
    special = [
        {"groups": ["LAB"]},
        {"access": {"systems": ["CUI"], "ahead_days": 7}},
        {"field": {"key": "badge", "is": "in_next", "days": 12}},
    ]
    make_requirement(
        title="F", course=make_course("two"), starts_on=begun, audience={"any": special}, first_due_days=8,
        due_from="assignment", roll="earlier", grace_days=3, recurs_days=25, recurs_months=None, window_days=12,
    )  # fmt: skip


def _before(dice: random.Random, first: dt.date, count: int) -> None:
    """The last days before: waivers, exemptions, extensions, credits, revocations, events and people named by hand."""
    from compliance.records.tests.deeds import deeds
    from lms.people.tests.factories import make_user

    officers = make_user(given_name="Otto", password="!"), make_user(given_name="Eve", password="!")
    for number in (3, 2, 1):
        on = first - number * DAY
        _turn_records(moment(on, RECORDS_AT))
        if number < 3:
            deeds(dice, on, officers, count // 2)
            _turn_records(moment(on, STUDY_AT))


def _turn_records(at: dt.datetime) -> None:
    from compliance.records import actions as records

    records.daily_turn(at=at, scheduled_for=at)


def moment(on: dt.date, local_time: dt.time) -> dt.datetime:
    """That wall-clock time in the tenant's zone, in UTC."""
    from tenants import clock

    return dt.datetime.combine(on, local_time, tzinfo=clock.zone()).astimezone(dt.UTC)


def live(on: dt.date, *, times: int = 1) -> None:
    """The day's two daily jobs, `times` each."""
    from compliance.records import actions as records
    from compliance.reminders import actions as reminders

    for job, local_time in ((records.nightly_turn, RECORDS_AT), (reminders.run_daily, REMINDERS_AT)):
        for _ in range(times):
            job(at=moment(on, local_time), scheduled_for=moment(on, local_time))


def turn_at(at: dt.datetime) -> None:
    """Both daily jobs at that moment, whatever the tenant's clock shows."""
    from compliance.records import actions as records
    from compliance.reminders import actions as reminders

    records.nightly_turn(at=at, scheduled_for=at)
    reminders.run_daily(at=at, scheduled_for=at)


def pass_courses(on: dt.date, passes: Iterable[Pass]) -> int:
    """These (given name, course key) are passed that afternoon; the records hear of it at their next turn."""
    from compliance.records.tests.factories import make_completion
    from lms.catalog.models import Course
    from lms.people.models import User

    count = 0
    for name, key in passes:
        user, course = User.objects.get(given_name=name), Course.objects.get(key=key)
        make_completion(user, course, at=moment(on, STUDY_AT))
        count += 1
    return count


def settle_passes(on: dt.date) -> None:
    """The turn that follows a pass at once."""
    from compliance.records import actions as records

    at = moment(on, STUDY_AT)
    records.completions_turn(at=at, scheduled_for=at)


def diligent(before: int) -> Study:
    """Whoever is here passes `before` days before the due date, not before the window opens."""

    def study(on: dt.date) -> list[Pass]:
        from compliance.records.models import ComplianceRecord
        from lms.catalog.models import Course
        from lms.people.models import Leave

        away = Leave.objects.filter(starts_on__lte=on, ends_on__gte=on).values("user_id")
        rows = ComplianceRecord.objects.filter(
            completed_at=None,
            closed_at=None,
            assignment__status="active",
            window_opens_on__lte=on,
            due_on__lte=on + before * DAY,
        ).exclude(user_id__in=away)
        first = rows.values_list("user__given_name", "requirement__satisfiers__0__courses__0")
        keys = dict(Course.objects.values_list("pk", "key"))
        return sorted({(name, keys[course_id]) for name, course_id in first})

    return study


def happened(first: dt.date) -> Counter[tuple[str, dt.date]]:
    """What the tables say happened on which day since `first`, in the words of `core.foresight`."""
    from django.db.models import F

    from compliance.records.models import Assignment, ComplianceRecord
    from compliance.reminders.models import Digest, Notice

    found: Counter[tuple[str, dt.date]] = Counter()
    first_cycles = ComplianceRecord.objects.filter(cycle=1)
    credited = set(
        first_cycles.filter(completed_on__lt=F("assignment__assigned_on")).values_list(
            "assignment_id", flat=True
        )
    )
    for assigned in Assignment.objects.all():
        found["credited" if assigned.pk in credited else "assigned", assigned.assigned_on] += 1
        if assigned.withdrawn_on:
            found["withdrawn", assigned.withdrawn_on] += 1
    for record in ComplianceRecord.objects.exclude(assignment_id__in=credited, cycle=1).select_related(
        "assignment"
    ):
        # Who did it while they waited for another requirement has it credited that day.
        has_waited = record.cycle == 1 and "waits_for" in dict(record.assignment.reason)
        is_credited = has_waited and record.completed_on == record.window_opens_on == record.due_on
        if is_credited:
            found["credited", record.window_opens_on] += 1
        elif record.cycle > 1 or has_waited:
            found["opened", record.window_opens_on] += 1
        if record.completed_on and not is_credited:
            found["completed", record.completed_on] += 1
    for digest in Digest.objects.all():
        found["mail", digest.local_day] += 1
    for kind, on in Notice.objects.filter(digest__isnull=False).values_list("kind", "digest__local_day"):
        found[f"notice:{kind}", on] += 1
    return Counter({(what, on): count for (what, on), count in found.items() if on >= first})


def foretold(today: dt.date, last: dt.date, done_before: int | None) -> Counter[tuple[str, dt.date]]:
    """The same from `manage.py simulate`'s look ahead."""
    from compliance.oversight.queries import ahead
    from compliance.requirements.queries import active

    found = ahead(active(), today=today, first=today, last=last, done_before=done_before)
    words = {"assigned", "credited", "withdrawn", "opened", "completed", "mail"}
    return Counter(
        {
            (what, on): count
            for on, counts in found.days.items()
            for what, count in counts.items()
            if what in words or what.startswith("notice:")
        }
    )


def differences(one: Counter[Any], other: Counter[Any]) -> list[str]:
    """What is in one and not as often in the other, a line each."""
    keys = sorted((key for key in one | other if one[key] != other[key]), key=lambda key: (key[1], key[0]))
    return [f"{on} {what}: {one[what, on]} and {other[what, on]}" for what, on in keys]


def dump(*, with_notices: bool) -> str:
    """All rows that say what is owed, done and told, in one order, without IDs and moments of recording."""
    from compliance.records.tests import drawn
    from compliance.reminders.models import Digest, EscalationCopy, Notice

    tables: list[Iterable[tuple[object, ...]]] = []
    if with_notices:
        tables.append(
            Notice.objects.values_list(
                "record__user__given_name", "record__requirement__title", "record__cycle", "kind", "step",
                "planned_on", "state", "digest__local_day",
            )
        )  # fmt: skip
        tables.append(Digest.objects.values_list("user__given_name", "local_day", "channel"))
        tables.append(
            EscalationCopy.objects.values_list(
                "escalation__record__user__given_name", "escalation__record__requirement__title",
                "escalation__record__cycle", "escalation__days", "user__given_name", "told_as", "local_day",
            )
        )  # fmt: skip
    said = [line for table in tables for line in sorted(json.dumps(row, default=str) for row in table)]
    return "\n".join([*drawn.told(), *said])


def stale_count() -> int:
    """How many notices and letters to those above left although a newer one of the cycle had come by then."""
    from django.db.models import Exists, F, OuterRef

    from compliance.reminders.models import Escalation, EscalationCopy, Notice

    newer = Notice.objects.filter(
        record_id=OuterRef("record_id"),
        planned_on__gt=OuterRef("planned_on"),
        planned_on__lte=OuterRef("digest__local_day"),
    ).exclude(kind="manual")
    sent = Notice.objects.filter(digest__isnull=False, planned_on__lte=F("digest__local_day"))
    higher = Escalation.objects.filter(
        record_id=OuterRef("escalation__record_id"),
        planned_on__gt=OuterRef("escalation__planned_on"),
        planned_on__lte=OuterRef("local_day"),
    )
    told = EscalationCopy.objects.filter(escalation__planned_on__lte=F("local_day"))
    return sent.filter(Exists(newer)).count() + told.filter(Exists(higher)).count()


def doubled_count() -> int:
    """How many mails of a kind somebody got beyond one a day."""
    from django.db.models import Count

    from lms.mail.models import Message

    told = Message.objects.filter(kind__in=["reminders.digest", "reminders.escalation"])
    rows = told.values("kind", "user_id", "created_at__date").annotate(count=Count("pk"))
    return sum(row["count"] - 1 for row in rows)


def twice_told_count() -> int:
    """How many steps of cycles were told more than once, and how many cycles one person has more than once."""
    from django.db.models import Count

    from compliance.records.models import ComplianceRecord
    from compliance.reminders.models import Notice

    told = Notice.objects.filter(digest__isnull=False).values("record_id", "kind", "step")
    cycles = ComplianceRecord.objects.values("user_id", "requirement_id", "cycle", "due_on")
    grouped = [*told.annotate(count=Count("pk")), *cycles.annotate(count=Count("pk"))]
    return sum(row["count"] - 1 for row in grouped)


def digest_of(text: str) -> str:
    """Twelve letters that stand for a dump."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
