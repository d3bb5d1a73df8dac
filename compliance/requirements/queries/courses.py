"""Which courses a requirement asks for, by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from compliance.core import satisfiers
from compliance.core.satisfiers import Repeat
from compliance.requirements.models import Requirement
from compliance.requirements.queries.listing import active
from lms.catalog import queries as catalog


@dataclass(frozen=True, slots=True)
class NamedSet:
    """The courses of which any one does from a time on, the one offered first first."""

    from_round: int
    courses: tuple[catalog.NamedCourse, ...]

    @property
    def is_first(self) -> bool:
        """Whether it is what somebody does who never did it before."""
        return self.from_round == 1


def named_sets(requirement: Requirement) -> list[NamedSet]:
    """The sets of a requirement, saved or not; one statement."""
    known = catalog.named_courses({course for each in requirement.sets for course in each.courses})
    return [
        NamedSet(each.from_round, tuple(known[one] for one in each.courses if one in known))
        for each in requirement.sets
    ]


def course_words(found: Iterable[Requirement]) -> dict[int, set[str]]:
    """By requirement: the keys and the titles (folded) of all courses it names; one statement."""
    asked = {each.pk: {course for one in each.sets for course in one.courses} for each in found}
    known = catalog.named_courses({course for courses in asked.values() for course in courses})
    words = {each.id: {each.key, each.title.casefold()} for each in known.values()}
    return {
        pk: {word for course in courses for word in words.get(course, ())} for pk, courses in asked.items()
    }


def unanswerable() -> list[Requirement]:
    """The requirements that are on and ask, at some time, for courses none of which can be taken; two statements."""
    found = active()
    known = catalog.named_courses({course for each in found for one in each.sets for course in one.courses})
    is_open = {each.id for each in known.values() if each.is_open}
    return [each for each in found if any(not is_open.intersection(one.courses) for one in each.sets)]


def asked_courses(requirement: Requirement) -> dict[str, Any]:
    """What a page shows of them: the sets, and sentences about later times that ask for the same as before."""
    return {"sets": named_sets(requirement), "repeats": repeats(requirement)}


def repeats(requirement: Requirement) -> list[str]:
    """Where later times ask for the same course as the time before, though another could be chosen for them."""
    if requirement.terms.recurs is None:
        return []
    texts = {
        Repeat.ALWAYS: _(
            "From the second time on, people are asked for the same course as before. A shorter one for later times "
            "can be chosen."
        ),
        Repeat.AS_BEFORE: _(
            "From time %(number)s on, people are asked for the same course as the time before."
        ),
        Repeat.FOR_EVER: _(
            "From time %(number)s on, the last choice repeats each time: the courses before it do not come again."
        ),
    }
    return [texts[how] % {"number": number} for how, number in satisfiers.repeats(requirement.sets)]
