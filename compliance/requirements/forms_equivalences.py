"""Proposing that one course counts for another, deciding it, ending it."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from compliance.requirements.enums import EquivalenceState
from lms.catalog import queries as catalog
from lms.ui import filters

_LONG = 2000
STATES = (*EquivalenceState.choices, ("ended", _("Ended")))


def _day(label: Any, hint: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=False, widget=widget)


def _text(label: Any, hint: Any, *, is_required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=hint, required=is_required, max_length=_LONG, widget=widget)


class Proposal(forms.Form):
    """Which course counts for which, for passes of which days, and why."""

    course = forms.TypedChoiceField(label=_("Whoever passed"), coerce=int)
    counts_for = forms.TypedChoiceField(label=_("is treated as having passed"), coerce=int)
    since = _day(_("Passed on or after"), _("Empty: however long ago."))
    until = _day(_("Passed on or before"), _("Empty: until it is ended."))
    reason = _text(_("Why it counts"), _("For whoever decides, and for auditors: what both courses cover."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(each.id, each.title) for each in catalog.named_courses().values()]
        for name in ("course", "counts_for"):
            self.fields[name].choices = [("", _("Choose a course")), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two courses, and days in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("course") and cleaned.get("course") == cleaned.get("counts_for"):
            self.add_error("counts_for", _("Choose another course than above: a course counts for itself."))
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("The last day must not be before the first."))
        return cleaned


class Decision(forms.Form):
    """Yes or no, with what is to be said about it; a no needs it."""

    note = _text(_("Your reasons"), _("Kept with the decision. Needed to refuse."), is_required=False)

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.data.get("decision") != "approve" and not cleaned.get("note"):
            self.add_error("note", _("Say why you refuse it."))
        return cleaned


class End(forms.Form):
    """Why it no longer counts."""

    reason = _text(_("Why it ends"), _("Kept with it."))


def equivalence_filters(data: QueryDict) -> filters.FilterSet:
    """The filters of the list."""
    return filters.FilterSet(
        data, [filters.Search("q", _("Course")), filters.Choice("state", _("State"), STATES)]
    )
