"""What the conditions of a rule share: what there is to choose from, and how a condition is a form."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.core import audience
from lms.people import queries as people

_MOST_GONE = 50
_LONGEST = 100
Choices = list[tuple[str, Any]]


class Lists:
    """What there is to choose from, asked for once a page and only if a condition needs it."""

    @cached_property
    def departments(self) -> list[people.DepartmentRow]:
        """All of them."""
        return people.departments()

    @cached_property
    def groups(self) -> list[people.GroupRow]:
        """Groups and systems that are not archived."""
        return [group for group in people.all_groups() if not group.is_archived]

    @cached_property
    def person_fields(self) -> dict[str, people.FieldRow]:
        """The fields of the university's own that are not retired, by key."""
        return {row.key: row for row in people.all_fields() if not row.is_retired}

    @cached_property
    def paths(self) -> list[tuple[str, ...]]:
        """Each department as its own code and those above it."""
        rows = {row.id: row for row in self.departments}
        paths = []
        for row in self.departments:
            path, here = [row.code], row.parent_id
            while here in rows and len(path) <= len(rows):
                path.append(rows[here].code)
                here = rows[here].parent_id
            paths.append(tuple(path))
        return paths


class Picks(forms.MultipleChoiceField):
    """Boxes to tick. What was chosen once and is gone meanwhile is shown, so that it can be taken out."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "required": _("Choose at least one."),
        "invalid_choice": _("%(value)s is not here any more. Take it out, or choose another instead."),
    }

    def offer(self, choices: Choices, chosen: Iterable[str]) -> None:
        """These, those chosen first when they are many; and after them what was chosen and is none of them."""
        held = [str(word)[:_LONGEST] for word in chosen]
        known = {key for key, _label in choices}
        if len(choices) > _MANY:
            choices = sorted(choices, key=lambda choice: choice[0] not in held)
        self.choices = choices
        gone = [word for word in dict.fromkeys(held) if word not in known][:_MOST_GONE]
        self.widget.choices = [
            *choices,
            *((word, _("%(word)s (not here any more)") % {"word": word}) for word in gone),
        ]


_MANY = 12


class Fields(forms.Form):
    """The fields of one condition; without any it needs none."""

    note: str | Promise = ""
    label: str | Promise = ""

    def __init__(self, *args: Any, lists: Lists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.load(lists)

    def load(self, lists: Lists) -> None:
        """Fill the fields with what there is to choose from."""

    def leave_unchecked(self) -> None:
        """Show what was typed without finding fault with it."""
        self._errors = forms.utils.ErrorDict()

    def rule(self) -> audience.Rule:
        """The condition; only of valid fields."""
        raise NotImplementedError

    @classmethod
    def values(cls, rule: Any) -> dict[str, Any]:
        """The fields' values for a condition of this type."""
        return {}

    def chosen(self, name: str) -> list[str]:
        """What is ticked, sent or from before."""
        found = self[name].value()
        return [str(word) for word in found] if isinstance(found, list | tuple) else []
