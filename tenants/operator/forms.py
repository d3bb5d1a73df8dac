"""What an operator says when something is done: why, and with which second factor."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tenants.enums import Plan
from tenants.operator.factors import Proof
from tenants.support.rules import MINUTES, SHORTEST_REASON


class DeedForm(forms.Form):
    """The reason and, where the second factor was not shown a moment ago, its code. Kinds of deed add fields."""

    field_order = None
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        min_length=5,
        help_text=_(
            "Written down with your name. Where a university is concerned, its administrators read it."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    code = forms.CharField(
        label=_("Code of your authenticator app"),
        max_length=32,
        error_messages={"required": _("Enter the code your authenticator app shows now.")},
        help_text=_("Or one of your recovery codes. It stands for what you do in the next five minutes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, proof: Proof, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._proof = proof
        if proof.is_fresh:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """Whatever else is right: nothing is done without a second factor."""
        if not self._proof.is_fresh and "code" not in self.errors:
            self.add_error("code", self._proof.error)
        return self.cleaned_data


class ExtensionForm(DeedForm):
    """How much longer a trial lasts."""

    days = forms.IntegerField(label=_("Days more"), min_value=1, max_value=365, initial=14)


class PlanForm(DeedForm):
    """Another plan."""

    plan = forms.ChoiceField(label=_("Plan"), choices=Plan.choices, widget=forms.RadioSelect)


class SupportForm(DeedForm):
    """What support access is for, and how long it is needed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        min_length=SHORTEST_REASON,
        help_text=_("Its owners and administrators read it at once, and on every page you open."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    ticket = forms.CharField(label=_("Ticket"), max_length=60, required=False)
    minutes = forms.TypedChoiceField(
        label=_("For how long"),
        choices=[(n, ngettext_lazy("%(n)d minute", "%(n)d minutes", n) % {"n": n}) for n in MINUTES],
        coerce=int,
        initial=MINUTES[0],
        widget=forms.RadioSelect,
    )

    def clean_reason(self) -> str:
        """The reason in one line, still long enough without its blanks."""
        reason = " ".join(str(self.cleaned_data["reason"]).split())
        if len(reason) < SHORTEST_REASON:
            raise forms.ValidationError(_("Say in at least ten letters what you need to see and why."))
        return reason


class OpenForm(DeedForm):
    """Nothing but the second factor: the reason was given when access was asked for."""

    reason = None  # type: ignore[assignment]  # how Django drops an inherited field


class DrillForm(DeedForm):
    """What was tried out, and how long it took to take effect."""

    what = forms.CharField(label=_("What was tried"), max_length=120)
    seconds = forms.IntegerField(label=_("Seconds until it took effect"), min_value=0, max_value=86_400)
    reason = forms.CharField(
        label=_("What happened"), max_length=500, min_length=5, widget=forms.Textarea(attrs={"rows": 3})
    )
