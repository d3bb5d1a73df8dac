"""The figures by department as a chart; its table and its bars are the same numbers."""

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.oversight.queries.figures import Overview
from compliance.oversight.queries.selection import NO_DEPARTMENT
from compliance.records import queries as records
from lms.ui import charts


def department_chart(figures: Overview) -> charts.StackedBars | None:
    """One bar a department, the lowest share of compliant people first; None without departments."""
    if not figures.departments:
        return None
    return charts.stacked_bars(
        title=figures.headline,
        unit=_("people"),
        series=[
            charts.Series("compliant", _("Compliant"), "done"),
            charts.Series("on_time", _("To do, in time"), "todo"),
            charts.Series("late", _("Overdue or expired"), "late"),
        ],
        rows=[_bar(one) for one in figures.departments],
    )


def people_url(**filters: str | None) -> str:
    """The list of exactly the people that these filters mean."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in filters.items() if value})
    address = reverse("oversight:people")
    return f"{address}?{query.urlencode()}" if query else address


def _bar(one: records.DepartmentTotals) -> charts.Row:
    totals = one.totals
    on_time = totals.required_count - totals.compliant_count - totals.late_count
    return charts.Row(
        label=one.name or _("No department"),
        values=[totals.compliant_count, on_time, totals.late_count],
        href=people_url(department=one.code or NO_DEPARTMENT, standing="required"),
        note=_("%(percent)s %% of %(people)d") % {"percent": totals.percent, "people": totals.required_count},
    )
