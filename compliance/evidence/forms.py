"""Sending proof, asking for oneself, and deciding. Files are read here, and judged by their content."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from compliance.evidence import actions, queries
from compliance.evidence.enums import EvidenceState, RejectReason
from compliance.evidence.rules import files as rules
from compliance.requirements import queries as requirements
from lms.ui import filters
from lms.ui.forms import DayField


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list of what was found in each (rules.files.Checked)."""

    widget = _SeveralFiles(attrs={"accept": ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Read and judge them; never more of one than one may hold."""
        given = data if isinstance(data, list) else [data]
        chosen: list[UploadedFile[Any]] = [each for each in given if each]
        if len(chosen) > rules.MAX_FILES:
            raise forms.ValidationError(
                _("These are %(n)d files; at most %(most)d can be sent."),
                params={"n": len(chosen), "most": rules.MAX_FILES},
            )
        try:
            return actions.checked((each.name or "", each.read(rules.MAX_BYTES + 1)) for each in chosen)
        except actions.BadFile as error:
            raise forms.ValidationError(str(error)) from error


class _Text(forms.CharField):
    """A few sentences."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 1000} | kwargs))


def _files_field(hint: Any, *, required: bool = False) -> FilesField:
    return FilesField(label=_("Files"), required=required, help_text=hint)


class ProofForm(forms.Form):
    """What was done elsewhere, when, and what shows it."""

    title = forms.CharField(
        label=_("What you did"),
        max_length=200,
        help_text=_("The name of the training, as the proof says it."),
    )
    issuer = forms.CharField(
        label=_("Who issued it"), max_length=200, help_text=_("The university, company or site that says so.")
    )
    completed_on = DayField(
        label=_("Completed on"), help_text=_("The day on the proof, not the day of sending it.")
    )
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("Only if the proof itself names a last day.")
    )
    attachments = _files_field(
        _(
            "PDF, PNG or JPEG; up to 5 files of 10 MB each. Only what proves it: no identity card, nothing of others. "
            "In a PDF a machine looks for days and names; a person decides."
        )
    )
    url = forms.CharField(
        label=_("Address of a page that confirms it"),
        required=False,
        max_length=500,
        widget=forms.URLInput(),
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("For example a badge. Instead of a file, or besides."),
    )
    note = _Text(label=_("Anything the reviewer should know"), required=False)

    def clean(self) -> dict[str, Any]:
        """There is something to look at."""
        cleaned = super().clean() or {}
        is_wrong = self.errors.get("attachments") or self.errors.get("url")
        if not is_wrong and not cleaned.get("attachments") and not cleaned.get("url"):
            if "attachments" in self.fields:
                self.add_error("attachments", _("Add a file, or the address of a page that shows it."))
            else:
                self.add_error("url", _("Add the address of a page that shows it."))
        return cleaned

    def claim(self) -> actions.Claim:
        """What the person says it proves."""
        given = self.cleaned_data
        return actions.Claim(
            title=" ".join(given["title"].split()),
            issuer=" ".join(given["issuer"].split()),
            completed_on=given["completed_on"],
            valid_until=given["valid_until"],
            url=given["url"],
            note=given["note"],
        )


class _OwnRequest(forms.Form):
    reason = _Text(
        label=_("Reason"),
        help_text=_(
            "Officers and auditors read it. Leave out what is nobody’s business, such as a diagnosis."
        ),
    )
    attachments = _files_field(_("If something shows it: PDF, PNG or JPEG; up to 5 files of 10 MB each."))


class OwnWaiverForm(_OwnRequest):
    """On which days one asks to be excused."""

    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), help_text=_("A waiver always ends, after a year at the latest."))
    field_order = ("starts_on", "ends_on", "reason", "attachments")


class OwnExtensionForm(_OwnRequest):
    """To which day one asks that the due date move."""

    moved_to = DayField(
        label=_("New due date"),
        help_text=_("Later than the one there is; it is met until the end of that day."),
    )
    field_order = ("moved_to", "reason", "attachments")


class AcceptForm(forms.Form):
    """From when and until when it counts, as the reviewer read it."""

    completed_on = DayField(label=_("Completed on"), help_text=_("As the proof says it."))
    valid_until = DayField(
        label=_("Counts until"),
        required=False,
        help_text=_("Empty: as long as the requirement gives. It can be shorter, never longer."),
    )
    note = _Text(label=_("Remark"), required=False, help_text=_("The person reads it."))


class RejectForm(forms.Form):
    """What is wrong with it."""

    reason = forms.ChoiceField(
        label=_("What is wrong"), choices=RejectReason.choices, widget=forms.RadioSelect
    )
    note = _Text(
        label=_("What the person should send instead"),
        required=False,
        help_text=_("They read it, and can send something better."),
    )

    def clean(self) -> dict[str, Any]:
        """Something else is said in words."""
        cleaned = super().clean() or {}
        if cleaned.get("reason") == RejectReason.OTHER and not (cleaned.get("note") or "").strip():
            self.add_error(
                "note", _("Say in a sentence what is wrong, so that the person knows what to send.")
            )
        return cleaned


class AimForm(forms.Form):
    """Within how many working days proof should be reviewed."""

    days = forms.IntegerField(
        label=_("Working days"),
        min_value=1,
        max_value=queries.MOST_DAYS,
        help_text=_("Counted from the day after proof was sent; weekends and your holidays are left out."),
    )


def queue_filters(query: QueryDict) -> filters.FilterSet:
    """`?q=…&state=…&requirement=<public id>&mine=1`: which proof is listed."""
    titles = [(str(one.public_id), one.title) for one in requirements.ever_turned_on()]
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name, title or issuer")),
            filters.Choice("state", _("State"), EvidenceState.choices),
            filters.Choice("requirement", _("Requirement"), titles),
            filters.Flag("mine", _("Decided by me")),
        ],
    )
