"""Asking to certify by hand, to revoke, and to take a revocation back."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from compliance.oversight import queries
from compliance.records import queries as records
from compliance.records.enums import CreditSource

_REASON = _("The person reads it, and so do auditors. Leave out what is nobody’s business.")


def _day(**fields: Any) -> forms.DateField:
    between = [MinValueValidator(date(1950, 1, 1)), MaxValueValidator(date(2100, 12, 31))]
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, validators=between, **fields)


def _text(**fields: Any) -> forms.CharField:
    return forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **fields)


def _evidence() -> forms.CharField:
    return _text(
        label=_("Evidence"),
        required=False,
        help_text=_("Where the proof lies. Whoever may see requests about the person reads this."),
    )


class CertifyForm(forms.Form):
    """Who did what when, though in no course here, and how it is known."""

    person = forms.EmailField(
        label=_("E-mail address of the person"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    requirement = forms.ChoiceField(label=_("Requirement"))
    source = forms.ChoiceField(
        label=_("What it rests on"),
        choices=[
            (CreditSource.MANUAL, _("Certified by hand")),
            (CreditSource.PRIOR, _("Prior credit: done before, or elsewhere")),
        ],
        initial=CreditSource.MANUAL,
    )
    on = _day(label=_("Completed on"), help_text=_("How long it counts follows from the requirement."))
    valid_until = _day(
        label=_("Only until"),
        required=False,
        help_text=_(
            "Leave it empty unless it is to end sooner. Certified by hand with such a day it is temporary: the "
            "training itself is still owed by then."
        ),
    )
    reason = _text(label=_("Reason"), help_text=_REASON)
    evidence_note = forms.CharField(
        label=_("Evidence"),
        max_length=200,
        required=False,
        help_text=_("Where the proof lies, for example a list of participants. It stands in the record."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["requirement"]
        if isinstance(field, forms.ChoiceField):
            field.choices = queries.requirement_choices()


class RevokeForm(forms.Form):
    """Why a completion counts no longer, and by when the person owes it anew."""

    due_on = _day(
        label=_("New due date"),
        help_text=_(
            "It is met until the end of that day. The request has to be approved before it has passed."
        ),
    )
    reason = _text(label=_("Reason"), help_text=_REASON)
    evidence_note = _evidence()


class RestoreForm(forms.Form):
    """Why a completion counts again."""

    reason = _text(label=_("Reason"), help_text=_REASON)
    evidence_note = _evidence()


class HistoryForm(forms.Form):
    """A file of past completions, or, once it was looked at, its text; and what it rests on."""

    file = forms.FileField(
        label=_("File of past completions"),
        help_text=_(
            "CSV with the columns person (e-mail address or employee ID), requirement (its title, or that of its "
            "course), completed on (like 2025-03-31), and if you like score and reference. Up to 5,000 lines."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    file_name = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Where it comes from"),
        max_length=200,
        help_text=_(
            "Stands beside each completion, for example: records of the training office, 2019 to 2026."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The second time the page carries the text along.
        self.fields["file"].required = not self.data.get("text")

    def clean(self) -> dict[str, Any]:
        """The text of the file, as far as it can be read."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        try:
            if file is not None:
                cleaned["text"] = records.decode_history(file.read())
                cleaned["file_name"] = file.name
            cleaned["file_name"] = (cleaned.get("file_name") or "").replace("\x00", "")[-255:]
            if not cleaned.get("text"):
                return cleaned
            records.read_history(cleaned["text"])
        except records.Unreadable as error:
            self.add_error("file", str(error))
        return cleaned


class TakeBackForm(forms.Form):
    """Why a load counts no longer, and whether those are told who owe something again."""

    reason = _text(label=_("Reason"), help_text=_REASON)
    is_told = forms.BooleanField(
        label=_("Write to everybody who owes something again"),
        required=False,
        initial=True,
        help_text=_(
            "One mail a person. Without it they learn of it by the next reminder and under “My status”."
        ),
    )
