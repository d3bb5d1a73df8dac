"""The list of holidays as a form."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.requirements.models import Holiday

_HOLIDAYS = 1000
_NAME = 100
_ERRORS = 10


class DayLines(forms.CharField):
    """Days with names, one a line: "2026-12-25, Christmas Day"."""

    widget = forms.Textarea(attrs={"rows": 14, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        """Names by day. Says which lines are wrong, all at once."""
        found: dict[date, str] = {}
        wrong: list[str] = []
        for number, line in enumerate(super().clean(value).splitlines(), start=1):
            if not line.strip():
                continue
            day, _comma, name = line.partition(next((mark for mark in "\t;," if mark in line), ","))
            try:
                on = date.fromisoformat(day.strip())
            except ValueError:
                wrong.append(_("Line %(n)d does not begin with a date such as 2026-12-25.") % {"n": number})
                continue
            if on in found:
                wrong.append(_("Line %(n)d repeats a day of a line above.") % {"n": number})
            found[on] = name.strip(' \t"')[:_NAME] or on.isoformat()
        if wrong:
            raise forms.ValidationError(wrong[:_ERRORS])
        if len(found) > _HOLIDAYS:
            raise forms.ValidationError(
                _("That is more than 1,000 days. Leave out years that are long past.")
            )
        return found


class Holidays(forms.Form):
    """The whole list; what is not in it is a working day, or a weekend."""

    days = DayLines(
        label=_("Holidays"),
        required=False,
        max_length=100_000,
        help_text=_("One a line: the date, a comma, the name. 2026-12-25, Christmas Day"),
    )

    @classmethod
    def showing(cls, holidays: Iterable[Holiday]) -> "Holidays":
        """The form with the list as it is."""
        return cls(initial={"days": "\n".join(f"{each.on.isoformat()}, {each.name}" for each in holidays)})
