"""Laws and standards against requirements as a file. The columns are documented and stay as they are."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from compliance.requirements.queries import Answering, Coverage

HEADER = (
    "regime",
    "control",
    "title",
    "law_status",
    "in_force_from",
    "in_force_until",
    "where_the_days_come_from",
    "asks",
    "compared_with_source",
    "source",
    "pack",
    "pack_version",
    "answered",
    "requirement",
    "requirement_state",
    "cited_version",
    "cited_version_outdated",
    "as_of",
    "answered_by",
    "topics",
)


def coverage_rows(found: Iterable[Coverage], *, as_of: date) -> Iterator[tuple[object, ...]]:
    """A line for each requirement or duty that answers a control, and one for each control that nothing answers.

    A duty stands in the columns of the requirement; `answered_by` says which of the two it is. `topics`: what the open
    courses cover that the requirement asks for, course by course.
    """
    for each in found:
        for line in each.lines:
            control = line.control
            about = (
                each.pack.regime, control.id, control.title, control.status.value, control.effective_from or "",
                control.effective_to or "", control.dating, control.asks,
                control.checked.value, control.source, each.pack.key, each.pack.version, line.answered.value,
            )  # fmt: skip
            for answer in line.answers:
                cited = answer.reference
                is_old = cited.outdated_by is not None
                by = "duty" if answer.is_duty else "requirement"
                yield (
                    *about,
                    answer.title,
                    answer.state,
                    cited.pack_version,
                    is_old,
                    as_of,
                    by,
                    _topics(answer),
                )
            if not line.answers:
                yield (*about, "", "", "", "", as_of, "", "")


def _topics(answer: Answering) -> str:
    """`Phishing (version 3): phishing; social engineering`, a line for each course that names topics."""
    return "\n".join(
        _("%(course)s (version %(number)d): %(topics)s")
        % {"course": each.title, "number": each.number, "topics": "; ".join(each.topics)}
        for each in answer.courses
        if each.topics
    )
