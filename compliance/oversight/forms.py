"""The filters of the list of people, read from the address: the same for the page, the file and the reminder."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from compliance.oversight import queries
from compliance.records.enums import PersonStanding
from lms.ui import filters


def people_filters(query: QueryDict) -> filters.FilterSet:
    """`?q=…&standing=…&department=CODE&requirement=<public id>`; what does not fit is left out and said so."""
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name, e-mail or employee ID")),
            filters.Choice("standing", _("Standing"), PersonStanding.choices),
            filters.Choice("department", _("Department"), queries.department_choices()),
            filters.Choice("requirement", _("Requirement"), queries.requirement_choices()),
        ],
    )


def selection_of(chosen: filters.FilterSet) -> queries.Selection:
    """The filters as the queries take them."""
    return queries.Selection(
        search=chosen.value("q", ""),
        standing=chosen.value("standing"),
        department_code=chosen.value("department"),
        requirement_public_id=chosen.value("requirement"),
    )
