"""The part of the rule builder that says which courses do: any of several, and others from a later time on."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.core.satisfiers import CourseSet
from compliance.requirements import rules
from lms.catalog import queries as catalog

OTHERS = 3
LATER = 3
MOST_LATER = 12
_LATEST = 50
MORE, COUNT = "later", "later_count"


class TooMany(Exception):
    """The requirement names more courses than this form has fields for."""


class Courses(forms.Form):
    """Up to four courses for the first time, any of which does, and for up to twelve later times as many again.

    Three of the later times are shown, and one more than say something; the button asks for the next.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = catalog.named_courses().values()
        choices = [(each.id, each.title) for each in known if each.is_open]
        closed = [
            (each.id, _("%(title)s (not open)") % {"title": each.title}) for each in known if not each.is_open
        ]
        self._offered = choices + closed
        self._add("course", _("Course"), _("Choose a course"), is_required=True)
        for place in range(1, OTHERS + 1):
            self._add(f"course_or_{place}", _("or"), _("no other"))
        self.later_count = self._shown()
        for number in range(1, self.later_count + 1):
            self.fields[f"later_{number}_from"] = forms.IntegerField(
                label=_("From time"), required=False, min_value=2, max_value=_LATEST
            )
            self._add(f"later_{number}_course", _("Course"), _("the same as before"))
            for place in range(1, OTHERS + 1):
                self._add(f"later_{number}_or_{place}", _("or"), _("no other"))

    def clean(self) -> dict[str, Any]:
        """Refuse sets that say nothing or contradict each other, at the field that can mend it."""
        cleaned: dict[str, Any] = super().clean() or {}
        seen: set[int] = set()
        for prefix in self._prefixes():
            named = [cleaned[name] for name in _names(prefix) if cleaned.get(name)]
            if len(set(named)) < len(named):
                self.add_error(_names(prefix)[0], _("The same course is named twice. Once is enough."))
            if prefix == "":
                continue
            begins, name = cleaned.get(f"{prefix}from"), f"{prefix}from"
            if named and not cleaned.get(f"{prefix}course"):
                self.add_error(f"{prefix}course", _("Choose the course that is offered first."))
            elif named and begins is None and name not in self.errors:
                self.add_error(name, _("From which time on? 2 means: from the second time."))
            elif begins is not None and not named:
                self.add_error(f"{prefix}course", _("Choose a course, or leave the number empty."))
            elif begins in seen:
                self.add_error(name, _("There is a set of courses from this time on already."))
            if begins is not None:
                seen.add(begins)
        return cleaned

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields for what else does the first time."""
        return [self[name] for name in _names("")[1:]]

    @property
    def has_others(self) -> bool:
        """Whether one of them says something."""
        return any(each.value() or each.errors for each in self.others)

    @property
    def later(self) -> list[dict[str, Any]]:
        """The fields of each later set."""
        return [
            {
                "begins": self[f"{prefix}from"],
                "course": self[f"{prefix}course"],
                "others": [self[name] for name in _names(prefix)[1:]],
            }
            for prefix in self._prefixes()
            if prefix
        ]

    @property
    def may_have_more(self) -> bool:
        """Whether fields for one more later time can be had."""
        return self.later_count < MOST_LATER

    @property
    def has_later(self) -> bool:
        """Whether a later set says something, or fields for more were asked for."""
        if self.later_count > LATER:
            return True
        fields = [each for one in self.later for each in (one["begins"], one["course"], *one["others"])]
        return any(each.value() or each.errors for each in fields)

    def take_sets(self, data: dict[str, Any]) -> rules.Sets:
        """The sets in cleaned data, whose fields are taken out of it."""
        found: dict[int, Sequence[int]] = {}
        for prefix in self._prefixes():
            begins = data.pop(f"{prefix}from") if prefix else 1
            named = [data.pop(name) for name in _names(prefix)]
            if begins and any(named):
                found[begins] = [each for each in named if each]
        return rules.courses(*found.pop(1), later=found)

    def _add(self, name: str, label: Any, empty: Any, *, is_required: bool = False) -> None:
        self.fields[name] = forms.TypedChoiceField(
            label=label,
            coerce=int,
            empty_value=None,
            required=is_required,
            choices=[("", empty), *self._offered],
        )

    def _prefixes(self) -> Iterator[str]:
        yield ""
        for number in range(1, self.later_count + 1):
            yield f"later_{number}_"

    def _shown(self) -> int:
        """How many later times have fields."""
        said = self.data if self.is_bound else self.initial
        numbers = range(1, MOST_LATER + 1)
        filled = [
            each for each in numbers if any(said.get(name) for name in _names(f"later_{each}_", "from"))
        ]
        asked = str(said.get(COUNT, ""))
        before = (
            int(asked)
            if asked.isascii() and asked.isdigit() and len(asked) <= len(str(MOST_LATER))
            else LATER
        )
        more = before + 1 if said.get("do") == MORE else before
        return min(MOST_LATER, max(LATER, more, max(filled, default=0) + 1))


def initial_sets(sets: Sequence[CourseSet]) -> dict[str, Any]:
    """What the fields show for sets that exist. Raises TooMany."""
    if len(sets) > MOST_LATER + 1 or any(len(each.courses) > OTHERS + 1 for each in sets):
        raise TooMany
    found: dict[str, Any] = {}
    for number, each in enumerate(sets):
        prefix = f"later_{number}_" if number else ""
        found |= dict(zip(_names(prefix), each.courses, strict=False))
        if prefix:
            found[f"{prefix}from"] = each.from_round
    return found


def _names(prefix: str, *more: str) -> list[str]:
    """The fields of one set, the default first; `more` are other ends of names, before them."""
    return [
        *(f"{prefix}{each}" for each in more),
        f"{prefix}course",
        *(f"{prefix or 'course_'}or_{place}" for place in range(1, OTHERS + 1)),
    ]
