"""What forms of every app share: choices that explain themselves, days and lists of days, and the form of the theme."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

THEMES: Final = (("system", _("Same as device")), ("light", _("Light")), ("dark", _("Dark")))


def one_line(text: str) -> str:
    """What somebody typed as it is kept and compared: blanks folded, in Unicode's composed form."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True)
class CardLabel:
    """A choice label with a second line, for `{% field … variant="cards" %}`; anywhere else only the title shows."""

    title: str | Promise
    hint: str | Promise = ""

    def __str__(self) -> str:
        """The title."""
        return str(self.title)


class DayField(forms.DateField):
    """A calendar day, typed or picked, with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **fields: Any) -> None:
        # "No end" is an empty field: after the last of all days none can follow.
        super().__init__(validators=[MaxValueValidator(date(2100, 12, 31))], **fields)


class DayList(forms.CharField):
    """Numbers of days within a year, separated by commas: "30, 7, 1"."""

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return ", ".join(str(day) for day in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        """A tuple of different days, the longest first."""
        words = [word.strip() for word in super().clean(value).split(",") if word.strip()]
        if not all(map(_is_day_count, words)):
            raise forms.ValidationError(_("Write days as numbers between 1 and 366, for example 30, 7, 1."))
        return tuple(sorted({int(word) for word in words}, reverse=True))


def _is_day_count(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 3 and 1 <= int(word) <= 366


class ThemeForm(forms.Form):
    """Which palette to show."""

    theme = forms.ChoiceField(choices=THEMES)
