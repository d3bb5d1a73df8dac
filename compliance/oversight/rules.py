"""The words in which a person's standing is told, and how a person is counted. Pure."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SMALL_GROUP = 5
"""Comparisons that others see leave out groups of fewer people than this."""

DUE_SOON_DAYS = 14


def standing_sentence(
    *, todo_count: int, late_count: int, next_due: str, valid_until: str, done_count: int
) -> str:
    """One sentence that answers: am I done, and if not, what by when. The days come as text."""
    if late_count and late_count == todo_count:
        return ngettext("%(n)d course is overdue.", "%(n)d courses are overdue.", late_count) % {
            "n": late_count
        }
    if late_count:
        courses = ngettext("%(n)d course", "%(n)d courses", todo_count) % {"n": todo_count}
        return ngettext(
            "%(courses)s to finish, %(n)d of them is overdue.",
            "%(courses)s to finish, %(n)d of them are overdue.",
            late_count,
        ) % {"courses": courses, "n": late_count}
    if todo_count:
        return _to_do(todo_count, next_due)
    if not done_count:
        return _("Nothing is required of you.")
    if not valid_until:
        return _("Nothing to do. You are compliant.")
    return _("Nothing to do. You are compliant until %(day)s.") % {"day": valid_until}


def _to_do(count: int, next_due: str) -> str:
    """What there is to do; `next_due` is empty while everything waits for a due date."""
    text = (
        ngettext(
            "%(n)d course to finish by %(day)s.", "%(n)d courses to finish, the first by %(day)s.", count
        )
        if next_due
        else ngettext(
            "%(n)d course to finish, without a due date yet.",
            "%(n)d courses to finish, without a due date yet.",
            count,
        )
    )
    return text % {"n": count, "day": next_due}


def is_small(people_count: int) -> bool:
    """Whether a comparison shown to others must leave this group out."""
    return people_count < SMALL_GROUP


def soon(today: date) -> tuple[date, date]:
    """The first and last day of what counts as due soon."""
    return today, date.fromordinal(today.toordinal() + DUE_SOON_DAYS)
