"""The part of the rule builder that says who above somebody is told that it is late, and when."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.core.escalation import MOST_DAYS
from compliance.requirements import rules
from compliance.requirements.enums import ToldTo

MOST = 5
"""How many rungs the form has fields for; nothing else writes rungs."""


class Rungs(forms.Form):
    """Up to five rungs: so many days after the due date, these. An empty row is no rung."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST + 1):
            self.fields[f"rung_{number}_days"] = forms.IntegerField(
                label=_("Days after the due date"), required=False, min_value=0, max_value=MOST_DAYS
            )
            self.fields[f"rung_{number}_to"] = forms.ChoiceField(
                label=_("Who is told"), required=False, choices=[("", _("nobody")), *ToldTo.choices]
            )

    def clean(self) -> dict[str, Any]:
        """Refuse rungs that say half of it, or that are two of one day, at the field that can mend it."""
        cleaned: dict[str, Any] = super().clean() or {}
        seen: set[int] = set()
        for number in range(1, MOST + 1):
            names = f"rung_{number}_days", f"rung_{number}_to"
            if self.errors.keys() & set(names):
                continue
            days, to = (cleaned.get(name) for name in names)
            if to and days is None:
                self.add_error(names[0], _("After how many days? 0 means: on the due date itself."))
            elif days is not None and not to:
                self.add_error(names[1], _("Choose who is told, or leave the days empty."))
            elif days in seen:
                self.add_error(
                    names[0], _("Somebody is told after this many days already. Choose another number.")
                )
            elif days is not None:
                seen.add(days)
        return cleaned

    @property
    def rungs(self) -> list[dict[str, forms.BoundField]]:
        """The fields of each rung."""
        return [
            {"days": self[f"rung_{number}_days"], "to": self[f"rung_{number}_to"]}
            for number in range(1, MOST + 1)
        ]

    @property
    def has_rungs(self) -> bool:
        """Whether one of them says something."""
        fields = [each for rung in self.rungs for each in rung.values()]
        return any(each.value() not in (None, "") or each.errors for each in fields)

    def take_rungs(self, data: dict[str, Any]) -> rules.Rungs:
        """The rungs in cleaned data, whose fields are taken out of it; the lowest first."""
        found: dict[int, str] = {}
        for number in range(1, MOST + 1):
            days, to = data.pop(f"rung_{number}_days"), data.pop(f"rung_{number}_to")
            if days is not None:
                found[days] = to
        return [{"days": days, "to": found[days]} for days in sorted(found)]


def initial_rungs(rungs: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the fields show for rungs that exist."""
    found: dict[str, Any] = {}
    for number, each in enumerate(rungs, start=1):
        found |= {f"rung_{number}_days": each["days"], f"rung_{number}_to": each["to"]}
    return found
