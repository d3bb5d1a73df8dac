"""What is asked around a change: why, which due dates, yes or no, and from how many people it takes two."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from compliance.changes.enums import Difference, Effect, Reach, State
from compliance.changes.models import Threshold
from lms.ui import filters


def list_filters(query: QueryDict) -> filters.FilterSet:
    """`?state=…&q=…`: which changes are listed."""
    return filters.FilterSet(
        query, [filters.Search("q", _("Requirement")), filters.Choice("state", _("State"), State.choices)]
    )


def line_filters(query: QueryDict) -> filters.FilterSet:
    """`?q=…&effect=…&difference=…`: which people of a change are listed, on its page and in its file."""
    differences = [("any", _("Everything that differs"))]
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name or e-mail")),
            filters.Choice("effect", _("What happens"), Effect.choices),
            filters.Choice("difference", _("Since it was worked out before"), differences),
        ],
    )


def outlook_filters(query: QueryDict) -> filters.FilterSet:
    """`?q=…&effect=…&part=…`: which people of a roster import are listed."""
    parts = [("file", _("By the file")), ("absent", _("If the absent count as having left"))]
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name, e-mail or requirement")),
            filters.Choice("effect", _("What happens"), Effect.choices),
            filters.Choice("part", _("Why"), parts),
        ],
    )


def holiday_filters(query: QueryDict) -> filters.FilterSet:
    """`?q=…&effect=…`: which people of a change of the holidays are listed."""
    moved = [(each.value, each.label) for each in (Effect.MOVE, Effect.NEXT)]
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name, e-mail or requirement")),
            filters.Choice("effect", _("What happens"), moved),
        ],
    )


class _Text(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 1000} | kwargs))


class ReachForm(forms.Form):
    """Which due dates a change of terms moves."""

    reach = forms.ChoiceField(label=_("Due dates"), choices=Reach.choices, widget=forms.RadioSelect)


class DayForm(forms.Form):
    """On which coming day the change is to take effect; empty: at once."""

    takes_effect_on = forms.DateField(
        label=_("Takes effect on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today, or a coming day. Empty: at once."),
    )


class WithdrawForm(forms.Form):
    """Why something that was agreed does not happen."""

    reason = _Text(label=_("Why it is withdrawn"), help_text=_("Whoever agreed on it reads it."))


class MakeForm(forms.Form):
    """Why the change is made, and which difference was on the screen."""

    reason = _Text(
        label=_("Reason"),
        help_text=_("People whose due date moves read it, and so do auditors."),
    )
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)


class DecisionForm(forms.Form):
    """Yes or no, with what there is to say about it."""

    decision = forms.ChoiceField(choices=[("approve", _("Agree")), ("reject", _("Reject"))])
    remark = _Text(
        label=_("Remark"), required=False, help_text=_("Whoever proposed it reads it. To reject, say why.")
    )
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean(self) -> dict[str, Any]:
        """A rejection says why."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "reject" and not cleaned.get("remark"):
            self.add_error("remark", _("Say why, so that whoever proposed it knows what to do."))
        return cleaned


class ThresholdForm(forms.ModelForm):  # type: ignore[type-arg]
    """From how many people a change takes two."""

    class Meta:
        model = Threshold
        fields = ("is_on", "percent", "at_least")
        help_texts = {
            "percent": _("The larger of the two counts: this share of all active people …"),
            "at_least": _(
                "… and this many people. One person alone may change what concerns no more than that."
            ),
        }

    def clean_percent(self) -> int:
        """A share of all."""
        percent: int = self.cleaned_data["percent"]
        if percent > WHOLE:
            raise forms.ValidationError(_("A share of all people is at most 100 percent."))
        return percent


WHOLE = 100
DIFFERENT = (Difference.NEW, Difference.OTHER, Difference.GONE)
