"""The filters of the list of people, read from the address: the same for the page, the file and the reminder."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from compliance.core.asof import Moment
from compliance.oversight import queries
from compliance.records import queries as records
from compliance.records.enums import CycleProgress, PersonStanding, RequestState
from lms.ui import filters
from lms.ui.forms import DayField


def people_filters(query: QueryDict) -> filters.FilterSet:
    """As `_of_people`, and `&progress=…`; what does not fit is left out and said so."""
    progress = filters.Choice("progress", _("Progress"), CycleProgress.choices)
    return filters.FilterSet(query, [*_of_people(), progress])


def _of_people() -> list[filters.Filter]:
    """`?q=…&standing=…&department=CODE&requirement=<public id>`."""
    return [
        filters.Search("q", _("Name, e-mail or employee ID")),
        filters.Choice("standing", _("Standing"), PersonStanding.choices),
        filters.Choice("department", _("Department"), queries.department_choices()),
        filters.Choice("requirement", _("Requirement"), queries.requirement_choices()),
    ]


def past_filters(query: QueryDict) -> filters.FilterSet:
    """`?on=2026-06-30&known=…`, and those of the list of people: whom, on which day, as known when."""
    days = [filters.Day("on", _("On the day")), filters.Day("known", _("As known on (empty: today)"))]
    return filters.FilterSet(query, [*days, *_of_people()])


def moment_filters(query: QueryDict) -> filters.FilterSet:
    """`?on=…&known=…`: on which day, as known when."""
    return filters.FilterSet(query, past_filters(query).filters[:2])


def moment_of(chosen: filters.FilterSet, today: date) -> Moment:
    """The pair of days that is asked about: today where nothing was chosen."""
    return Moment(chosen.value("on", today), chosen.value("known", today))


def selection_of(chosen: filters.FilterSet) -> queries.Selection:
    """The filters as the queries take them."""
    return queries.Selection(
        search=chosen.value("q", ""),
        standing=chosen.value("standing"),
        department_code=chosen.value("department"),
        requirement_public_id=chosen.value("requirement"),
        progress=chosen.value("progress"),
    )


class InviteForm(forms.Form):
    """Which department is invited, in the university's own words."""

    label = forms.CharField(
        label=_("Department"),
        max_length=120,
        help_text=_("Only your own site shows this name, until the department has taken up the invitation."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_label(self) -> str:
        """One line, without double blanks."""
        return " ".join(str(self.cleaned_data["label"]).split())


class CodeForm(forms.Form):
    """The code that a university has handed over; blanks, hyphens and case do not matter."""

    code = forms.CharField(
        label=_("Code of the invitation"),
        max_length=40,
        help_text=_(
            "Twelve letters and digits, like K7QM-3FXD-WTBC. It shows you the offer; nothing is shared yet."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


REVIEW_AFTER = timedelta(days=365)
"""When an exemption is looked at again, unless somebody says otherwise."""


def days_of(given: dict[str, Any]) -> records.Days:
    """What a form asks for: the days that its kind has."""
    names = ("starts_on", "ends_on", "review_on", "moved_to", "on", "source", "valid_until")
    return records.Days(**{name: given[name] for name in names if given.get(name)})


def request_filters(query: QueryDict) -> filters.FilterSet:
    """`?kind=…&state=…&review=due&q=…`: which requests are listed."""
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name, e-mail or employee ID")),
            filters.Choice(
                "kind",
                _("Kind"),
                [
                    ("exemptions", _("Exemptions")),
                    ("extensions", _("Extensions")),
                    ("certifications", _("Certifications")),
                    ("revocations", _("Revocations")),
                    ("reinstatements", _("Revocations taken back")),
                ],
                _("Waivers"),
            ),
            filters.Choice("state", _("Decision"), RequestState.choices),
            filters.Choice("review", _("Exemptions"), [("due", _("To be looked at again"))]),
        ],
    )


class _Text(forms.CharField):
    """A few sentences."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 1000} | kwargs))


def _requirement_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Requirement"))


class _ReasonForm(forms.Form):
    """What every request says: for which requirement, and why."""

    reason = _Text(
        label=_("Reason"),
        help_text=_(
            "The person reads it, and so do auditors. Leave out what is nobody’s business, such as a diagnosis."
        ),
    )
    evidence_note = _Text(
        label=_("Evidence"),
        required=False,
        help_text=_(
            "Where the proof lies, for example a letter in the personnel file. "
            "Whoever may see requests about the person reads this."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("requirement")
        if isinstance(field, forms.ChoiceField):
            field.choices = queries.requirement_choices()


class WaiverForm(_ReasonForm):
    """Who is to be excused from what, on which days."""

    person = forms.EmailField(
        label=_("E-mail address of the person"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    requirement = _requirement_field()
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), help_text=_("A waiver always ends, after a year at the latest."))
    field_order = ("person", "requirement", "starts_on", "ends_on", "reason", "evidence_note")


class ExemptionForm(_ReasonForm):
    """Whom a requirement is not meant for, from when on, and when somebody looks at that again."""

    person = forms.EmailField(
        label=_("E-mail address of the person"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    requirement = _requirement_field()
    starts_on = DayField(label=_("First day"))
    review_on = DayField(
        label=_("Look at it again by"),
        help_text=_("Nothing happens by itself on that day: officers are asked whether it still holds."),
    )
    ends_on = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Only if it is known. Empty: until further notice."),
    )
    field_order = ("person", "requirement", "starts_on", "review_on", "ends_on", "reason", "evidence_note")


class ReviewForm(forms.Form):
    """It still holds: when to look next, and what was found."""

    review_on = DayField(label=_("Look at it again by"), help_text=_("Within three years."))
    note = _Text(
        label=_("Remark"), required=False, help_text=_("What shows that it still holds. Auditors read it.")
    )


class ExtensionForm(_ReasonForm):
    """Whose due date is to move to which day."""

    person = forms.EmailField(
        label=_("E-mail address of the person"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    requirement = _requirement_field()
    moved_to = DayField(
        label=_("New due date"),
        help_text=_("Later than the one there is; it is met until the end of that day."),
    )
    field_order = ("person", "requirement", "moved_to", "reason", "evidence_note")


class MoveForm(_ReasonForm):
    """To which day the due dates of the chosen people move."""

    requirement = _requirement_field()
    moved_to = DayField(
        label=_("New due date"), help_text=_("Whoever is due later than that already keeps their date.")
    )
    field_order = ("requirement", "moved_to", "reason", "evidence_note")


class LimitForm(forms.Form):
    """By how many days departments move due dates."""

    days = forms.IntegerField(
        label=_("Days at most"),
        min_value=0,
        max_value=records.MOST_EXTENSION_DAYS,
        help_text=_(
            "Counted from the date the person had at first; several extensions together go no further. "
            "0: departments move no due date by themselves."
        ),
    )


class DecisionForm(forms.Form):
    """Yes or no, with what there is to say about it."""

    decision = forms.ChoiceField(choices=[("approve", _("Approve")), ("refuse", _("Refuse"))])
    note = _Text(
        label=_("Remark"), required=False, help_text=_("Whoever asked reads it. To refuse, say why.")
    )

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "refuse" and not cleaned.get("note"):
            self.add_error("note", _("Say why, so that whoever asked knows what to do."))
        return cleaned


class GraceForm(forms.Form):
    """Whether whoever is in the days of grace counts as compliant, from which day on, and why."""

    counts = forms.TypedChoiceField(
        label=_("Whoever is in the days of grace"),
        choices=[("yes", _("counts as compliant")), ("no", _("does not count as compliant"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    from_on = DayField(label=_("From which day on"), help_text=_("Today or a later day."))
    reason = _Text(label=_("Reason"), help_text=_("Auditors read it beside every decision."))


class EndForm(forms.Form):
    """Why a waiver or an exemption ends."""

    reason = _Text(label=_("Reason"), help_text=_("The person reads it."))


LONGEST_CODE = 100


class CheckForm(forms.Form):
    """The number of a certificate, as somebody reads it off the paper."""

    code = forms.CharField(
        label=_("Certificate number"),
        max_length=LONGEST_CODE,
        error_messages={"required": _("Type the number that is printed on the certificate.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("26 letters and figures in five groups. Dashes, blanks and capitals do not matter."),
    )
