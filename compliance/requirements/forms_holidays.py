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
_FIRST_YEAR, _LAST_YEAR = 2000, 2199


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
            on, name, why = _read(line)
            if on is not None and on in found:
                why = _("Line %(n)d repeats a day of a line above.")
            if why:
                wrong.append(why % {"n": number})
            elif on is not None:
                found[on] = name
        if wrong:
            raise forms.ValidationError(wrong[:_ERRORS])
        if len(found) > _HOLIDAYS:
            raise forms.ValidationError(
                _("That is more than 1,000 days. Leave out years that are long past.")
            )
        return found


def _read(line: str) -> tuple[date | None, str, Any]:
    """The day and the name of a line, and what is wrong with it, with a place for its number."""
    day, _comma, rest = line.partition(next((mark for mark in "\t;," if mark in line), ","))
    name = rest.strip(' \t"')
    try:
        on = date.fromisoformat(day.strip())
    except ValueError:
        return None, name, _("Line %(n)d does not begin with a date such as 2026-12-25.")
    if not _FIRST_YEAR <= on.year <= _LAST_YEAR:
        return on, name, _("Line %(n)d: only years from 2000 to 2199 are kept.")
    if len(name) > _NAME:
        return on, name, _("Line %(n)d has a name of more than 100 characters.")
    return on, name or on.isoformat(), ""


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
