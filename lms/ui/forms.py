"""What forms of every app share: choices that explain themselves, and the form of the theme."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from django import forms
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


class ThemeForm(forms.Form):
    """Which palette to show."""

    theme = forms.ChoiceField(choices=THEMES)
