"""Naming people by hand as a form: a list of addresses or employee IDs, what they are, why, and until when."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.requirements.enums import Side
from lms.people import queries as people
from lms.people.queries import Reach
from lms.ui.dates import day_text
from lms.ui.forms import DayField
from lms.ui.lines import numbered, several_text, told

if TYPE_CHECKING:
    from compliance.requirements.models import Individual
    from lms.people.models import User

MOST = 200


class ByHand(forms.Form):
    """Whom, what, why, how long. What is wrong with a line is said by its number, all at once."""

    side = forms.ChoiceField(
        label=gettext_lazy("What is to happen"),
        choices=Side.choices,
        initial=Side.INCLUDE,
        widget=forms.RadioSelect,
    )
    people = forms.CharField(
        label=gettext_lazy("People"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy("One person a line: e-mail address or employee ID. At most 200."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Those concerned and auditors see it."),
    )
    until = DayField(
        label=gettext_lazy("Until, that day included"),
        required=False,
        help_text=gettext_lazy("Empty: until further notice. After that day the rule alone decides again."),
    )

    def __init__(
        self,
        *args: Any,
        viewer: "User",
        within: Reach,
        holding: Collection["Individual"],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._viewer, self._within, self._today = viewer, within, today
        self._held = {each.user_id: each for each in holding}
        self._found: list[User] = []

    def found(self) -> list["User"]:
        """The people of the list, in its order; only of a valid form."""
        return self._found

    def clean_until(self) -> date | None:
        """Today or later."""
        until: date | None = self.cleaned_data["until"]
        if until is not None and until < self._today:
            raise forms.ValidationError(_("That day has passed."))
        return until

    def clean(self) -> dict[str, Any]:
        """Find the people, when the rest is known."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("people") and cleaned.get("side"):
            self._find(cleaned["people"], cleaned["side"])
        return cleaned

    def _find(self, text: str, side: str) -> None:
        lines = numbered(text)
        if len(lines) > MOST:
            text = _("These are %(count)d lines. At most %(most)d can be named at once; nothing was saved.")
            self.add_error("people", text % {"count": len(lines), "most": MOST})
            return
        known = people.people_by_keys(word for _number, word in lines)
        faults: list[str] = []
        seen: dict[int, int] = {}
        for number, word in lines:
            several = [one for one in known.get(word.lower(), ()) if self._within.covers(one.pk)]
            person = several[0] if several else None
            if fault := several_text(word) if len(several) > 1 else self._fault(person, word, side, seen):
                faults.append(_("Line %(number)d: %(fault)s") % {"number": number, "fault": fault})
            elif person is not None:
                seen[person.pk] = number
                self._found.append(person)
        if faults:
            self.add_error("people", told(faults))

    def _fault(self, person: "User | None", word: str, side: str, seen: dict[int, int]) -> str:
        if person is None:
            return _("Nobody here has the address or employee ID %(word)s.") % {"word": word[:100]}
        name = {"name": person.display_name}
        if person.pk in seen:
            return _("%(name)s stands in line %(line)d already.") % {**name, "line": seen[person.pk]}
        if not person.is_active:
            return _("%(name)s is deactivated.") % name
        if person.pk == self._viewer.pk and side == Side.EXCLUDE:
            return _("Nobody leaves themselves out. Ask somebody else.")
        held = self._held.get(person.pk)
        return "" if held is None else _held_text(held, person)


class Ending(forms.Form):
    """Why a naming ends before its time."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


def _held_text(held: "Individual", person: "User") -> str:
    name = {"name": person.display_name}
    if held.ends_on is not None and held.ended_on is None:
        text = _("%(name)s is named by hand already, until %(day)s. End that first.")
        return text % {**name, "day": day_text(held.ends_on)}
    return _("%(name)s is named by hand already. End that first.") % name
