"""What the records lend to pages of other apps: figures of a requirement, and facts in words."""

from datetime import date
from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.core.audience import Check
from compliance.records import queries
from lms.people.enums import AffiliationKind
from lms.ui.dates import day_text
from tenants import clock

register = template.Library()


@register.inclusion_tag("records/_requirement_figures.html")
def requirement_figures(requirement_id: int, public_id: UUID) -> dict[str, Any]:
    """How many of its people are compliant, late, due soon; each figure leads to exactly those people."""
    today = clock.today()
    rows = queries.people(today, requirement_id=requirement_id)
    people_url = f"{reverse('oversight:people')}?requirement={public_id}"
    return {"totals": queries.totals(rows), "people_url": people_url, "how": queries.counting_on(today)}


@register.filter
def why_text(facts: Any) -> str:
    """Why a person has it."""
    return queries.why_text(facts)


@register.filter
def date_text(facts: Any) -> str:
    """How the due date came about."""
    return queries.date_text(facts)


@register.filter
def check_text(check: Check) -> str:
    """One test of a rule against one person: "Staff: yes"."""
    match check.test:
        case "kind" | "everyone":
            known = check.actual in AffiliationKind.values
            text = str(AffiliationKind(check.actual).label) if known else check.actual
        case "department":
            text = _("Department %(code)s") % {"code": check.actual or "–"}
        case "on_leave":
            text = _("On leave") if check.actual == "yes" else _("Not on leave")
        case "group":
            text = (
                _("In the group %(code)s") % {"code": check.actual}
                if check.actual
                else _("In none of the groups")
            )
        case "system":
            text = (
                _("Access to %(code)s") % {"code": check.actual}
                if check.actual
                else _("Access to none of the systems")
            )
        case name if name.startswith("field:"):
            text = f"{name[6:]}: {queries.value_text(check.actual)}"
        case "title" | "working_time" | "manager":
            text = _attribute_text(check)
        case "starts" | "ends":
            text = _day_text(check)
        case "included":
            text = _("Added by hand: %(told)s") % {"told": check.actual}
        case "excluded":
            text = _("Left out by hand: %(told)s") % {"told": check.actual}
        case "active":
            text = _("Deactivated")
        case _:
            text = _("No appointment on that day")
    return text


def _attribute_text(check: Check) -> str:
    if check.test == "title":
        return _("Job title: %(title)s") % {"title": check.actual or "–"}
    if check.test == "manager":
        return _("Manager: %(name)s") % {"name": check.actual or _("nobody")}
    return _("Working time: %(percent)s %%") % {"percent": check.actual or "–"}


def _day_text(check: Check) -> str:
    if not check.actual:
        return _("Appointment without a last day")
    day = {"day": day_text(date.fromisoformat(check.actual))}
    is_first = check.test == "starts"
    return _("Appointment began on %(day)s") % day if is_first else _("Appointment ends on %(day)s") % day
