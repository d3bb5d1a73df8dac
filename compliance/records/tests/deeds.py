"""What officers, HR and the learners' own days bring, drawn by a seed: every kind of deed the engine knows.

Only names and dates are drawn, never ids, so that the same dice do the same in another tenant whose rows are the same.
"""

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

from compliance.records import actions, queries
from compliance.records.enums import CreditSource, EventKind, EventReach
from compliance.records.models import (
    Assignment,
    ComplianceRecord,
    Exemption,
    Revocation,
    TriggeringEvent,
    Waiver,
)
from compliance.records.rules import NumbersChanged
from compliance.requirements import actions as requirement_actions
from compliance.requirements.enums import Side
from compliance.requirements.models import Individual
from compliance.requirements.rules import NotAllowedNow
from lms.people.actions import note_first_sign_in
from lms.people.models import Affiliation, FieldValue, Group, GroupMember, Leave, PersonField, User
from lms.people.tests.factories import make_affiliation, make_department

from . import drawn
from .drawn import DAY, DEPARTMENTS, KINDS

Officers = tuple[User, User]
Deed = Callable[[Random, dt.date, dt.datetime, Officers], Any]


def deeds(dice: Random, on: dt.date, officers: Officers, count: int = 5) -> list[str]:
    """`count` deeds of that day at noon; answers the words of those that were not refused."""
    done = list[str]()
    for word in dice.choices(sorted(DEEDS), k=count):
        try:
            if DEEDS[word](dice, on, drawn.moment(on) + len(done) * dt.timedelta(minutes=1), officers):
                done.append(word)
        except (actions.Refused, NumbersChanged, NotAllowedNow):
            pass
    return done


def _held(dice: Random) -> Any:
    """Somebody's obligation."""
    rows = Assignment.objects.filter(withdrawn_on__isnull=True).select_related("user", "requirement")
    return _one(dice, rows.order_by("user__given_name", "requirement__title"))


def _one(dice: Random, rows: Any) -> Any:
    found = list(rows)
    return dice.choice(found) if found else None


def _waive(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    held, first = _held(dice), on + dice.choice([0, 0, 3]) * DAY
    if held is None:
        return None
    asked = actions.ask_for_waiver(
        user=held.user, requirement=held.requirement, starts_on=first, ends_on=first + dice.randint(0, 20) * DAY,
        reason="field work", by=officers[0], today=on, at=at,
    )  # fmt: skip
    return actions.approve_waiver(asked, note="", by=officers[1], today=on, at=at)


def _exempt(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    held, first = _held(dice), on + dice.choice([0, 0, 3]) * DAY
    if held is None:
        return None
    asked = actions.ask_for_exemption(
        user=held.user, requirement=held.requirement, starts_on=first, review_on=on + 200 * DAY,
        ends_on=first + dice.randint(0, 25) * DAY if dice.random() < 0.6 else None,
        reason="no data", by=officers[0], today=on, at=at,
    )  # fmt: skip
    return actions.approve_exemption(asked, note="", by=officers[1], today=on, at=at)


def _end_excuse(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    ways: list[tuple[Any, Any]] = [(Waiver, actions.end_waiver), (Exemption, actions.end_exemption)]
    kind, end = dice.choice(ways)
    rows = kind.objects.filter(state="approved").select_related("user", "requirement")
    found = _one(dice, rows.order_by("user__given_name", "requirement__title", "starts_on"))
    return found and end(found, reason="over", by=officers[1], today=on, at=at)


def _extend(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    held, to = _held(dice), on + dice.randint(3, 60) * DAY
    if held is None:
        return None
    who: dict[str, Any] = {"user_ids": [held.user_id], "moved_to": to, "today": on}
    seen = queries.moves(requirement_id=held.requirement_id, by_id=officers[0].pk, **who)
    return actions.extend(
        requirement=held.requirement, reason="ill", fingerprint=seen.fingerprint, by=officers[0], at=at, **who
    )


def _credit(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    held, source = _held(dice), dice.choice([CreditSource.MANUAL, CreditSource.PRIOR])
    if held is None:
        return None
    until = on + dice.randint(5, 40) * DAY if dice.random() < 0.4 else None
    asked = actions.ask_to_certify(
        user=held.user, requirement=held.requirement, on=on - dice.randint(0, 120) * DAY, source=source,
        by=officers[0], reason="a workshop", valid_until=until, at=at,
    )  # fmt: skip
    return actions.approve_certification(asked, note="", by=officers[1], today=on, at=at)


def _revoke(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    rows = ComplianceRecord.objects.filter(completed_at__isnull=False, assignment__withdrawn_on__isnull=True)
    order = ("user__given_name", "requirement__title", "assignment__assigned_on", "cycle")
    found = _one(dice, rows.select_related("requirement", "user").order_by(*order))
    if found is None:
        return None
    due_on = actions.fresh_due_on(found, on)
    asked = actions.ask_to_revoke(found, due_on=due_on, reason="cheated", by=officers[0], today=on, at=at)
    return actions.approve_revocation(asked, note="", by=officers[1], today=on, at=at)


def _restore(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    rows = Revocation.objects.filter(reinstatement__isnull=True)
    rows = rows.select_related("record__user", "record__requirement")
    order = ("record__user__given_name", "record__requirement__title", "on", "record__cycle")
    found = _one(dice, rows.order_by(*order))
    if found is None:
        return None
    asked = actions.ask_to_restore(found, reason="not so", by=officers[1], at=at)
    return actions.approve_reinstatement(asked, note="", by=officers[0], today=on, at=at)


def _event(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    held, kind = _held(dice), dice.choice([*EventKind])
    if held is None:
        return None
    is_listed = dice.random() < 0.5
    draft = queries.Draft(
        kind=kind, title=f"Event of {on}", account="", happened_on=on - dice.randint(0, 10) * DAY,
        days=dice.randint(1, 30), reach=EventReach.LISTED if is_listed else EventReach.EVERYBODY,
        user_ids=(held.user_id,) if is_listed else (),
    )  # fmt: skip
    seen = queries.preview(held.requirement, draft, on)
    return actions.record_event(
        held.requirement, draft, fingerprint=seen.fingerprint, by=officers[0], today=on, at=at
    )


def _end_event(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    rows = TriggeringEvent.objects.filter(ended_at__isnull=True).order_by("title", "requirement__title")
    found = _one(dice, rows)
    return found and actions.end_event(found, reason="a mistake", by=officers[1], today=on, at=at) >= 0


def _name(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    held = _held(dice)
    if held is None:
        return None
    user = _one(dice, User.objects.exclude(pk__in=[each.pk for each in officers]).order_by("given_name"))
    until = on + dice.randint(0, 30) * DAY if dice.random() < 0.6 else None
    taken = Individual.objects.filter(requirement=held.requirement, user=user)
    if taken.exists():
        return None
    named = drawn.Named(user.given_name, held.requirement.title, dice.choice([*Side.values]), on, until)
    return drawn.name(named, officers[0])


def _end_naming(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    rows = Individual.objects.filter(ended_on__isnull=True).order_by("user__given_name", "requirement__title")
    found = _one(dice, rows)
    return found and requirement_actions.end_naming(
        individual=found, reason="over", by=officers[1], today=on, at=at
    )


def _hr(dice: Random, on: dt.date, at: dt.datetime, officers: Officers) -> Any:
    """A leave, an end, a new post, a group, a field or the first sign-in becomes known."""
    user = _one(dice, User.objects.exclude(pk__in=[each.pk for each in officers]).order_by("given_name"))
    match dice.choice(["leave", "end", "post", "group", "field", "sign-in"]):
        case "leave" if not Leave.objects.filter(user=user).exists():
            first = on + dice.randint(-5, 20) * DAY
            Leave.objects.create(user=user, starts_on=first, ends_on=first + dice.randint(0, 30) * DAY)
        case "end":
            rows = Affiliation.objects.filter(user=user, ends_on__isnull=True, starts_on__lte=on)
            rows.update(ends_on=on + dice.randint(0, 20) * DAY)
        case "post":
            make_affiliation(
                user, kind=dice.choice(KINDS), department=make_department(dice.choice(DEPARTMENTS)),
                starts_on=on + dice.randint(-20, 20) * DAY,
            )  # fmt: skip
        case "group":
            group = Group.objects.get(code=dice.choice(["LAB", "CUI"]))
            GroupMember.objects.get_or_create(
                group=group, user=user, defaults={"since": on + dice.randint(-5, 15) * DAY}
            )
        case "field" if not FieldValue.objects.filter(user=user).exists():
            field = PersonField.objects.get(key="badge")
            day = on + dice.randint(0, 30) * DAY
            FieldValue.objects.create(field=field, user=user, starts_on=on, day=day)
        case "sign-in":
            note_first_sign_in(user=user, at=at)
    return user


DEEDS: dict[str, Deed] = {
    "waive": _waive,
    "exempt": _exempt,
    "end excuse": _end_excuse,
    "extend": _extend,
    "credit": _credit,
    "revoke": _revoke,
    "restore": _restore,
    "event": _event,
    "end event": _end_event,
    "name": _name,
    "end naming": _end_naming,
    "hr": _hr,
}
