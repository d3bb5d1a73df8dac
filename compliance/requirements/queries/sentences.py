"""A requirement as one plain sentence, the same on every page and in every log."""

from datetime import date

from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from compliance.core import audience
from compliance.core.audience import All, Any, Departments, Everyone, Kinds, Not, OnLeave
from compliance.core.terms import Anchor, Terms
from compliance.requirements.models import Requirement
from lms.people.enums import AffiliationKind
from lms.ui.dates import day_text


def sentence(requirement: Requirement, departments: dict[str, str]) -> str:
    """One sentence: who, within what time, how often. `departments`: names by code."""
    parts = [who_text(audience.parse(requirement.audience), departments), *when_texts(requirement.terms)]
    return capfirst(", ".join(parts)) + "."


def who_text(rule: audience.Rule, departments: dict[str, str]) -> str:
    """The audience in words."""
    match rule:
        case Everyone():
            return _("everyone")
        case OnLeave():
            return _("people on leave")
        case Kinds(kinds):
            return _listed([_kind_text(kind) for kind in kinds], _("and"))
        case Departments(codes):
            names = _listed([departments.get(code, code) for code in codes], _("or"))
            return _("in %(departments)s") % {"departments": names}
        case _:
            return _compound_text(rule, departments)


def when_texts(terms: Terms) -> list[str]:
    """When it is due first, and when again."""
    first = ngettext(
        "within %(days)d day of joining or of %(start)s",
        "within %(days)d days of joining or of %(start)s",
        terms.first_due_days,
    ) % {"days": terms.first_due_days, "start": day_text(terms.starts_on)}
    if terms.recurs is None:
        return [first, _("once")]
    if terms.recurs.months:
        again = ngettext("again every month", "again every %(count)d months", terms.recurs.months) % {
            "count": terms.recurs.months
        }
    else:
        again = ngettext("again every day", "again every %(count)d days", terms.recurs.days) % {
            "count": terms.recurs.days
        }
    return [first, again, *_anchor_texts(terms)]


def _anchor_texts(terms: Terms) -> list[str]:
    if terms.anchor is Anchor.FIXED and terms.fixed_day is not None:
        on = date(2028, terms.fixed_day.month, terms.fixed_day.day)
        return [_("always to %(day)s") % {"day": day_text(on).removesuffix(" 2028")}]
    return [_("counted from completion")] if terms.anchor is Anchor.COMPLETION else []


def _compound_text(rule: audience.Rule, departments: dict[str, str]) -> str:
    match rule:
        case Not(part):
            return _("not %(who)s") % {"who": who_text(part, departments)}
        case Any(parts):
            return _listed([who_text(part, departments) for part in parts], _("or"))
        case All(parts):
            meant = [who_text(part, departments) for part in parts if not isinstance(part, Not)]
            left_out = [who_text(part.part, departments) for part in parts if isinstance(part, Not)]
            text = " ".join(meant) or _("everyone")
            if left_out:
                text = _("%(who)s, but not %(left_out)s") % {
                    "who": text,
                    "left_out": _listed(left_out, _("and not")),
                }
            return text
        case _:
            return ""


def _kind_text(kind: str) -> str:
    """The kind inside a sentence; German nouns keep their capital."""
    label = str(AffiliationKind(kind).label) if kind in AffiliationKind.values else kind
    return label if (get_language() or "").startswith("de") else label[:1].lower() + label[1:]


def _listed(words: list[str], last: str) -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
