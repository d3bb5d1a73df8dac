"""The facts behind an assignment and behind a status, in sentences for learner, help desk and auditor alike."""

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from django.utils.translation import gettext as _

from compliance.core.attributes import ANYBODY
from compliance.core.due import WAITS, WAITS_FOR, WAITS_FOR_FIELD, WAITS_FOR_SIGN_IN, CountedFrom
from compliance.core.terms import DayUnit
from compliance.records.enums import AssignmentStatus, EventKind
from compliance.records.queries.requests import MovedBy
from compliance.requirements import queries as requirements
from lms.people.enums import AffiliationKind
from lms.ui.dates import day_text

Facts = Iterable[tuple[str, str]]


def why_text(facts: Facts) -> str:
    """Why a person has a requirement: "Staff in School of Law since 2 Jun 2026". In the language in force."""
    known = dict(facts)
    if "included_by" in known:
        told = {
            "by": known["included_by"],
            "day": day_of(known["included_on"]),
            "why": known["included_because"],
        }
        return _("Added by hand by %(by)s on %(day)s: %(why)s") % told
    if "kind" not in known:
        return ""
    kind = AffiliationKind(known["kind"]).label if known["kind"] in AffiliationKind.values else known["kind"]
    unit = known.get("unit_name") or known.get("unit")
    since = day_of(known.get("joined_on"))
    text = str(kind)
    if unit and since:
        text = _("%(kind)s in %(unit)s since %(day)s") % {"kind": kind, "unit": unit, "day": since}
    elif since:
        text = _("%(kind)s since %(day)s") % {"kind": kind, "day": since}
    if title := known.get("title"):
        text = _("%(whom)s, job title %(title)s") % {"whom": text, "title": title}
    if percent := known.get("working_time"):
        text = _("%(whom)s, working time %(percent)s %%") % {"whom": text, "percent": percent}
    if "manager" in known:
        text = _manager_text(text, known)
    if group := known.get("group_name") or known.get("group"):
        text = _("%(whom)s, in the group %(group)s") % {"whom": text, "group": group}
    if system := known.get("system_name") or known.get("system"):
        told = {"whom": text, "system": system, "day": day_of(known.get("access_since"))}
        text = _("%(whom)s, with access to %(system)s from %(day)s") % told
    for name, value in known.items():
        if name.startswith("field:"):
            called = known.get(f"field_name:{name[6:]}") or name[6:]
            said = {"whom": text, "field": called, "value": value_text(value)}
            text = _("%(whom)s, %(field)s: %(value)s") % said
    if ends := day_of(known.get("ends")):
        text = _("%(whom)s, until %(day)s") % {"whom": text, "day": ends}
    return text


def _manager_text(whom: str, known: dict[str, str]) -> str:
    if not known["manager"]:
        return _("%(whom)s, without a manager") % {"whom": whom}
    if known["manager"] == ANYBODY:
        return _("%(whom)s, with a manager") % {"whom": whom}
    name = known.get("manager_name") or _("somebody who is not here any more")
    return _("%(whom)s, reporting to %(name)s") % {"whom": whom, "name": name}


def value_text(value: str) -> str:
    """What a field of the university's own says, from the plain words of data."""
    if value in {"yes", "no"}:
        return _("yes") if value == "yes" else _("no")
    try:
        return day_text(date.fromisoformat(value)) if value.count("-") == 2 else value or _("nothing")
    except ValueError:
        return value


def date_text(facts: Facts) -> str:
    """How the first due date came about: "30 days after joining on 2 Jun 2026"."""
    known = dict(facts)
    if day := day_of(known.get("credited_on")):
        return _("Completed before, on %(day)s; that still counts") % {"day": day}
    text = counted_text(known)
    if not text:
        return waiting_text(facts)
    if rolled := day_of(known.get("rolled_from")):
        text += _("; moved from %(day)s, a weekend or holiday") % {"day": rolled}
    if moved := day_of(known.get("moved_from")):
        text += _("; moved from %(day)s because of a leave") % {"day": moved}
    return text


def counted_text(known: dict[str, str]) -> str:
    """From where a first due date is counted: "30 days after joining on 2 Jun 2026"; empty where that is not said."""
    said = known.get("counted_from", "")
    if said not in set(CountedFrom):
        return ""
    told = {
        "span": span_text(known),
        "day": day_of(known.get("counted_from_on")),
        "after": known.get("counted_after", ""),
    }
    if said == CountedFrom.ASSIGNMENT and {*WAITS} & known.keys():
        return _("%(span)s after the day was known, on %(day)s, as the usual date was already past") % told
    return _counted(CountedFrom(said)) % told


def _counted(counted_from: CountedFrom) -> str:
    """The phrase of each way of counting; a new one has to say its own here."""
    match counted_from:
        case CountedFrom.JOINING:
            text = _("%(span)s after joining on %(day)s")
        case CountedFrom.HIRE:
            text = _("%(span)s after being hired on %(day)s")
        case CountedFrom.START:
            text = _("%(span)s after the requirement's start on %(day)s")
        case CountedFrom.ASSIGNED:
            text = _("%(span)s after it was assigned on %(day)s")
        case CountedFrom.COMPLETION:
            text = _("%(span)s after completing “%(after)s” on %(day)s")
        case CountedFrom.FIELD:
            text = _("%(span)s after the day in “%(after)s”, %(day)s")
        case CountedFrom.SIGN_IN:
            text = _("%(span)s after first signing in on %(day)s")
        case CountedFrom.NO_SIGN_IN:
            text = _("%(span)s after %(day)s, as there was no sign-in before")
        case CountedFrom.FIXED:
            text = _("One date for everybody, %(day)s")
        case CountedFrom.CALENDAR:
            text = _("The due day of the year, %(day)s")
        case CountedFrom.ASSIGNMENT:
            text = _("%(span)s after it was assigned on %(day)s, as the usual date was already past")
        case _:
            assert_never(counted_from)
    return text


def waiting_text(facts: Facts) -> str:
    """What there is no due date without: "No due date yet: 30 days after “Lab safety” is completed"; empty else."""
    known = dict(facts)
    if "counted_from" in known or "credited_on" in known:
        return ""
    if WAITS_FOR in known:
        told = {"span": span_text(known), "title": known[WAITS_FOR]}
        return _("No due date yet: %(span)s after “%(title)s” is completed") % told
    if WAITS_FOR_FIELD in known:
        told = {"span": span_text(known), "field": known[WAITS_FOR_FIELD]}
        return _("No due date yet: %(span)s after the day in “%(field)s”, which is not known yet") % told
    if WAITS_FOR_SIGN_IN in known:
        told = {"span": span_text(known), "wait": known[WAITS_FOR_SIGN_IN]}
        if not told["wait"]:
            return _("No due date yet: %(span)s after the first sign-in") % told
        told["wait"] = requirements.span_text(int(told["wait"]))
        return (
            _("No due date yet: %(span)s after the first sign-in, which is waited for %(wait)s at most")
            % told
        )
    return ""


def moved_text(moved: MovedBy | None) -> str:
    """What moved a due date: "moved from 1 Dec 2026 by change 4 of 28 Nov 2026 by Bo Brandt: the law changed"."""
    if moved is None:
        return ""
    names = {
        "before": day_text(moved.moved_from),
        "number": moved.number,
        "day": day_text(moved.on),
        "name": moved.by or "–",
        "reason": moved.reason or "–",
    }
    if not moved.number:
        return _("moved from %(before)s with the holidays on %(day)s by %(name)s: %(reason)s") % names
    return _("moved from %(before)s by change %(number)s of %(day)s by %(name)s: %(reason)s") % names


def because_text(facts: Facts) -> str:
    """What a status rests on: "Completed on 3 Feb 2026, valid until 3 Feb 2027"."""
    known = dict(facts)
    said = [waiting_text(facts), *(_reason(name, value) for name, value in known.items())]
    said.append(asked_again_text(known))
    return ", ".join(filter(None, said))


def event_text(kind: str, title: str, happened_on: date) -> str:
    """The reason in words: "because of a failed phishing test on 3 Mar 2026: Spring test"."""
    words = {
        EventKind.POLICY: _("because of a policy change on %(day)s: %(title)s"),
        EventKind.PHISHING: _("because of a failed phishing test on %(day)s: %(title)s"),
        EventKind.INCIDENT: _("because of a security incident on %(day)s: %(title)s"),
        EventKind.CONTENT: _("because of a change of the content on %(day)s: %(title)s"),
        EventKind.OTHER: _("because of an event on %(day)s: %(title)s"),
    }
    return words[EventKind(kind)] % {"day": day_text(happened_on), "title": title}


def asked_again_text(known: dict[str, str]) -> str:
    """As `event_text`, of the event among these facts; empty without one."""
    if "event_on" not in known:
        return ""
    happened_on = date.fromisoformat(known["event_on"])
    return event_text(known["event_kind"], known["event_title"], happened_on)


def _reason(name: str, value: str) -> str:
    if name == "assignment":
        return {
            AssignmentStatus.PAUSED: _("Paused: on leave, or the requirement rests"),
            AssignmentStatus.WAIVED: _("Waived"),
            AssignmentStatus.EXEMPT: _("Exempt"),
        }.get(AssignmentStatus(value), "")
    if name in {"waived_because", "exempt_because"}:
        return _("because: %(reason)s") % {"reason": value}
    if name == "exempt_by":
        return _("decided by %(name)s") % {"name": value} if value else ""
    words = {
        "waived_until": _("excused until %(day)s"),
        "exempt_since": _("exempt since %(day)s"),
        "exempt_until": _("until %(day)s"),
        "due_on": _("due on %(day)s"),
        "grace_ends_on": _("grace until %(day)s"),
        "completed_on": _("completed on %(day)s"),
        "valid_until": _("valid until %(day)s"),
        "counts_until": _("what was done before counts until %(day)s"),
        "counted_until": _("what was done before counted until %(day)s"),
        "expired_on": _("expired on %(day)s"),
        "window_opens_on": _("renewal open since %(day)s"),
    }
    return words[name] % {"day": day_of(value)} if name in words else ""


def day_of(value: str | None) -> str:
    """A day from how data spells it; empty for none."""
    return day_text(date.fromisoformat(value)) if value else ""


def span_text(known: dict[str, str]) -> str:
    """ "30 days" or "10 working days"."""
    unit = DayUnit.WORKING if known.get("day_unit") == DayUnit.WORKING else DayUnit.DAYS
    return requirements.span_text(int(known.get("first_due_days") or 0), unit)
