"""The overview: every figure is an aggregate of the queryset whose rows the list and the file show."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from compliance.oversight import rules
from compliance.records import queries as records
from lms.people import queries as people


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of one population on one day. `small_count` departments are left out of the comparison."""

    totals: records.Totals
    departments: list[records.DepartmentTotals]
    requirements: list[records.RequirementTotals]
    small_count: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is required of anybody here, so that there is nothing to show."""
        return not self.totals.required_count and not self.totals.excused_count

    @property
    def headline(self) -> str:
        """The message of the department chart."""
        worst = self.departments[0]
        if worst.totals.compliant_count == worst.totals.required_count:
            return _("Every department is fully compliant")
        return _("%(name)s is lowest: %(percent)s %% compliant") % {
            "name": worst.name or _("No department"),
            "percent": worst.totals.percent,
        }


def overview(*, today: date, reach: people.Reach, place: records.Place = records.main_department) -> Overview:
    """The figures of everyone in `reach` on `today` (tenant's zone). Four statements.

    `place` tells departments, as `records.people` has it.

    Who sees only part of the university gets no comparison of groups of fewer than rules.SMALL_GROUP people.
    """
    scope = scope_of(reach)
    population = records.people(today, scope, place=place)
    departments = records.by_department(population)
    shown = [one for one in departments if reach.is_everyone or not rules.is_small(one.totals.required_count)]
    return Overview(
        totals=records.totals(population),
        departments=shown,
        requirements=records.by_requirement(today, scope),
        small_count=len(departments) - len(shown),
    )


def scope_of(reach: people.Reach) -> records.Scope:
    """Whom someone may see, in the words of the records."""
    return records.EVERYBODY if reach.is_everyone else records.Scope(user_ids=reach.user_ids)
