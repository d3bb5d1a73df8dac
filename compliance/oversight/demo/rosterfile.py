"""The file that HR of the demo would send."""

import csv
import io

from compliance.oversight.demo import population
from compliance.oversight.demo.population import Invented

_HEADER = (
    "Employee ID", "Legal First Name", "Legal Last Name", "Work Email", "Cost Center ID", "Organization",
    "Worker Type", "Business Title", "Manager ID", "Hire Date", "Termination Date", "Leave Start", "Leave End",
)  # fmt: skip


def written(lines: list[Invented]) -> str:
    """These people, a line each, with the columns on top."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADER)
    for person in lines:
        away = person.leave or ("", "")
        writer.writerow(
            (
                person.number, person.given, person.family, person.email, person.department,
                population.DEPARTMENTS[person.department], person.kind.replace("_", " "), person.title,
                person.manager or "", person.starts_on, person.ends_on or "", *away,
            )
        )  # fmt: skip
    return out.getvalue()
