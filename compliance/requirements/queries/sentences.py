"""A requirement as one plain sentence, the same on every page and in every log."""

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from compliance.core import audience
from compliance.core.attributes import Dated, DateOf, DateTest, OfAppointment
from compliance.core.audience import (
    Access,
    All,
    Any,
    Departments,
    Everyone,
    Groups,
    Kinds,
    Not,
    OnLeave,
)
from compliance.core.escalation import COMPLIANCE, DEPARTMENT, DEPARTMENT_ABOVE, MANAGER, Rung
from compliance.core.fields import Field
from compliance.core.milestones import DateField, FirstSignIn
from compliance.core.terms import Anchor, DayUnit, DueFrom, FixedDay, Roll, Terms
from compliance.requirements import facts
from compliance.requirements.models import Requirement
from compliance.requirements.queries.field_words import attribute_text, field_text, listed
from lms.people.enums import AffiliationKind
from lms.ui.dates import day_text


def sentence(requirement: Requirement, names: dict[str, str]) -> str:
    """One sentence: who, within what time, how often; a second where weekends move dates.

    `names`: as `facts.names` has them.
    """
    terms = requirement.terms
    parts = [who_text(audience.parse(requirement.audience), names), *when_texts(terms)]
    rolls = [str(_ROLLS[roll]) for roll in _ROLLS if roll is terms.roll]
    return " ".join([capfirst(", ".join(parts)) + ".", *rolls])


def rule_sentence(rule: audience.Rule) -> str:
    """Whom a rule means, as a sentence; one statement."""
    return capfirst(who_text(rule, facts.names(rule))) + "."


def who_text(rule: audience.Rule, names: dict[str, str]) -> str:
    """The audience in words."""
    match rule:
        case Everyone():
            return _("everyone")
        case OnLeave():
            return _("people on leave")
        case Kinds(kinds):
            return listed([_kind_text(kind) for kind in kinds], _("and"))
        case Departments(codes):
            departments = listed([names.get(code, code) for code in codes], _("or"))
            return _("in %(departments)s") % {"departments": departments}
        case _:
            return _other_text(rule, names)


def _other_text(rule: audience.Rule, names: dict[str, str]) -> str:
    match rule:
        case Groups(codes):
            return _("in the group %(groups)s") % {"groups": _groups_text(codes, names)}
        case Access():
            return _access_text(rule, names)
        case Field():
            return field_text(rule, names)
        case OfAppointment():
            return attribute_text(rule, names)
        case Dated():
            return _dated_text(rule)
        case _:
            return _compound_text(rule, names)


def when_texts(terms: Terms) -> list[str]:
    """When it is due first, and when again."""
    texts = [again_text(terms)]
    if terms.due_from is not DueFrom.CALENDAR:
        texts.insert(0, first_due_text(terms))
    else:
        texts.append(_("with at least %(span)s for whoever joins") % {"span": _span(terms)})
    return texts


def first_due_text(terms: Terms) -> str:
    """When it is due first."""
    facts = {"span": _span(terms), "start": day_text(terms.starts_on)}
    match terms.due_from:
        case DueFrom.HIRE:
            return _("within %(span)s of being hired or of %(start)s") % facts
        case DueFrom.ASSIGNMENT:
            return _("within %(span)s of being assigned") % facts
        case DueFrom.COMPLETION | DueFrom.FIELD | DueFrom.SIGN_IN:
            return _after_text(terms)
        case DueFrom.FIXED:
            facts["day"] = day_text(terms.due_on or terms.starts_on)
            return _("by %(day)s, or within %(span)s for whoever joins later") % facts
        case DueFrom.CALENDAR:
            return _("on the next due day of the year, with at least %(span)s") % facts
        case _:
            return _("within %(span)s of joining or of %(start)s") % facts


def escalation_text(rungs: Iterable[Rung]) -> str:
    """Who above a person is told that it is late, and when; empty where nobody is."""
    return " ".join(
        _("%(when)s: %(whom)s.") % {"when": capfirst(_lag(rung.days)), "whom": _TOLD[rung.to]}
        for rung in rungs
    )


def _lag(days: int) -> str:
    if days == 0:
        return _("on the due date")
    text = ngettext("%(count)d day after the due date", "%(count)d days after the due date", days)
    return text % {"count": days}


_TOLD = {
    MANAGER: gettext_lazy("the manager"),
    DEPARTMENT: gettext_lazy("the administrators of the department"),
    DEPARTMENT_ABOVE: gettext_lazy("the administrators of the next department above"),
    COMPLIANCE: gettext_lazy("the compliance office"),
}


def _after_text(terms: Terms) -> str:
    """When it is due first, where people may wait for what that is counted from."""
    told = {"span": _span(terms), "title": ""}
    match terms.waits_for:
        case FirstSignIn() as sign_in:
            text = _("within %(span)s of the first sign-in")
            if sign_in.within_days is not None:
                told["wait"] = span_text(sign_in.within_days)
                text = _("within %(span)s of the first sign-in, which is waited for %(wait)s at most")
        case DateField() as field:
            text, told["title"] = _("within %(span)s of the day in “%(title)s”"), field.title
        case other:
            text = _("within %(span)s of completing “%(title)s”")
            told["title"] = other.title if other else ""
    return text % told


def again_text(terms: Terms) -> str:
    """How often, and counted from what."""
    if terms.recurs is None:
        return _("once")
    if terms.anchor is Anchor.YEAR and terms.fixed_day is not None and terms.year_start is not None:
        years = terms.recurs.months // 12
        text = ngettext(
            "by %(day)s each year, in the fiscal year that begins on %(start)s",
            "by %(day)s every %(count)d years, in the fiscal year that begins on %(start)s",
            years,
        )
        days = {"day": day_of_year(terms.fixed_day), "start": day_of_year(terms.year_start)}
        return text % {**days, "count": years}
    if terms.recurs.months:
        again = ngettext("again every month", "again every %(count)d months", terms.recurs.months) % {
            "count": terms.recurs.months
        }
    else:
        again = ngettext("again every day", "again every %(count)d days", terms.recurs.days) % {
            "count": terms.recurs.days
        }
    return ", ".join([again, *_anchor_texts(terms)])


_ROLLS = {
    Roll.LATER: gettext_lazy("Due dates on weekends and holidays move to the next working day."),
    Roll.EARLIER: gettext_lazy("Due dates on weekends and holidays move to the working day before."),
}


def _anchor_texts(terms: Terms) -> list[str]:
    if terms.anchor is Anchor.FIXED and terms.fixed_day is not None:
        on = date(2028, terms.fixed_day.month, terms.fixed_day.day)
        return [_("always to %(day)s") % {"day": day_text(on).removesuffix(" 2028")}]
    if terms.anchor is Anchor.MONTH_END:
        return [_("to the end of the month")]
    return [_("counted from completion")] if terms.anchor is Anchor.COMPLETION else []


def _span(terms: Terms) -> str:
    return span_text(terms.first_due_days, terms.due_unit)


def span_text(days: int, unit: DayUnit = DayUnit.DAYS) -> str:
    """ "30 days" or "10 working days"."""
    if unit is DayUnit.WORKING:
        return ngettext("%(days)d working day", "%(days)d working days", days) % {"days": days}
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def day_of_year(day: FixedDay) -> str:
    """ "31 August"."""
    return date_format(date(2028, day.month, day.day), "j F")


def _compound_text(rule: audience.Rule, names: dict[str, str]) -> str:
    match rule:
        case Not(part):
            return _("not %(who)s") % {"who": _part_text(part, names)}
        case Any(parts):
            return listed([_part_text(part, names) for part in parts], _("or"))
        case All(parts):
            text = _together([part for part in parts if not isinstance(part, Not)], names)
            left_out = [part.part for part in parts if isinstance(part, Not)]
            if not left_out:
                return text
            spell = who_text if len(left_out) == 1 else _part_text
            others = listed([spell(part, names) for part in left_out], _("and not"))
            return _("%(who)s, but not %(left_out)s") % {"who": text, "left_out": others}
        case _:
            return ""


def _together(parts: list[audience.Rule], names: dict[str, str]) -> str:
    """ "Staff in School of Law, and on leave": what reads in one breath stands together."""
    leading = (
        next((part for part in parts if isinstance(part, one)), None)
        for one in (Kinds, Departments, OfAppointment, Groups, Access, Field, Dated)
    )
    simple = [part for part in leading if part is not None]
    others = [part for part in parts if part not in simple]
    spell = who_text if len(parts) == 1 else _part_text
    breath = " ".join(who_text(part, names) for part in simple)
    texts = [*filter(None, [breath]), *(spell(part, names) for part in others)]
    return _(", and ").join(texts) or _("everyone")


def _part_text(rule: audience.Rule, names: dict[str, str]) -> str:
    """A part of something larger: in brackets when it could be read as going on outside of it."""
    if isinstance(rule, Kinds):
        return listed([_kind_text(kind) for kind in rule.kinds], _("or"))
    text = who_text(rule, names)
    is_single = not isinstance(rule, All | Any) or len(rule.parts) == 1
    return text if is_single else f"({text})"


def _groups_text(codes: tuple[str, ...], names: dict[str, str]) -> str:
    return listed([names.get(f"group:{code}", code) for code in codes], _("or"))


def _access_text(leaf: Access, names: dict[str, str]) -> str:
    """ "with access to the student records now or within 14 days"."""
    systems = _groups_text(leaf.codes, names)
    if not leaf.ahead_days:
        return _("with access to %(systems)s") % {"systems": systems}
    text = ngettext(
        "with access to %(systems)s now or within %(days)d day",
        "with access to %(systems)s now or within %(days)d days",
        leaf.ahead_days,
    )
    return text % {"systems": systems, "days": leaf.ahead_days}


def _dated_text(leaf: Dated) -> str:
    """ "with an appointment that began in the last 30 days"."""
    begins = leaf.of is DateOf.STARTS
    if leaf.test is DateTest.WITHIN:
        return _window_text(leaf)
    if leaf.test is DateTest.BEFORE:
        text = (
            _("with an appointment that began before %(day)s")
            if begins
            else _("with an appointment that ends before %(day)s")
        )
    else:
        text = (
            _("with an appointment that began after %(day)s")
            if begins
            else _("with an appointment that ends after %(day)s")
        )
    return text % {"day": day_text(leaf.day) if leaf.day else ""}


def _window_text(leaf: Dated) -> str:
    if leaf.of is DateOf.STARTS:
        text = ngettext(
            "with an appointment that began in the last %(days)d day",
            "with an appointment that began in the last %(days)d days",
            leaf.days,
        )
    else:
        text = ngettext(
            "with an appointment that ends in the next %(days)d day",
            "with an appointment that ends in the next %(days)d days",
            leaf.days,
        )
    return text % {"days": leaf.days}


def _kind_text(kind: str) -> str:
    """The kind inside a sentence; German nouns keep their capital."""
    label = str(AffiliationKind(kind).label) if kind in AffiliationKind.values else kind
    return label if (get_language() or "").startswith("de") else label[:1].lower() + label[1:]
