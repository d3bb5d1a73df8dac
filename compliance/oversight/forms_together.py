"""Asking for many at once: whom (a list, or a department with those below), for what, on which days, and why."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from compliance.oversight.forms import ExemptionForm, ExtensionForm, WaiverForm, days_of
from compliance.oversight.forms_credits import CertifyForm
from compliance.records import queries as records
from lms.people import queries as people
from lms.ui.lines import numbered, several_text, told

LISTED, DEPARTMENT = "listed", "department"
REACHES = [
    (LISTED, _("The people of a list")),
    (DEPARTMENT, _("The people of a department and those below it")),
]
OWN = (
    "requirement", "starts_on", "review_on", "ends_on", "moved_to", "source", "on", "valid_until", "reason",
    "evidence_note",
)  # fmt: skip


class _Many(forms.Form):
    """Whom it is asked for. `within` are the people the viewer may ask for, `today` the tenant's day."""

    reach = forms.ChoiceField(label=_("For whom"), choices=REACHES, widget=forms.RadioSelect, initial=LISTED)
    listed = forms.CharField(
        label=_("List of people"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One e-mail address or employee ID on each line."),
    )
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, within: people.Reach, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.within, self.today = within, today
        self.user_ids: list[int] = []
        del self.fields["person"]
        field = self.fields["department"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose")), *((one.code, one.name) for one in people.departments())]
        self.order_fields(["reach", "listed", "department", *OWN])

    def clean(self) -> dict[str, Any]:
        """Each line of a list means one person within reach; of a department only those within reach are meant."""
        cleaned = super().clean() or {}
        if cleaned.get("reach") == LISTED:
            self._read_list(cleaned.get("listed") or "")
        elif cleaned.get("reach") == DEPARTMENT:
            self._read_department(cleaned.get("department") or "")
        if len(self.user_ids) > records.MOST_TOGETHER:
            text = _now("These are %(count)s people; at most %(most)s at once. Ask for them in parts.")
            self.add_error(None, text % {"count": len(self.user_ids), "most": records.MOST_TOGETHER})
        return cleaned

    def _read_department(self, code: str) -> None:
        if not code:
            self.add_error("department", _now("Choose the department."))
            return
        members = people.members_of(people.with_those_below(code), self.today)
        self.user_ids = sorted(each for each in members if self.within.covers(each))
        if not self.user_ids:
            self.add_error("department", _now("Nobody you can ask for is in this department."))

    def _read_list(self, text: str) -> None:
        lines = numbered(text)
        if not lines:
            self.add_error("listed", _now("List at least one person."))
            return
        if len(lines) > records.MOST_TOGETHER:
            text = _now("These are %(count)s lines; at most %(most)s at once. Ask for them in parts.")
            self.add_error("listed", text % {"count": len(lines), "most": records.MOST_TOGETHER})
            return
        found = people.people_by_keys(word for _number, word in lines)
        faults, meant = [], []
        for number, word in lines:
            several = [one for one in found.get(word.lower(), ()) if self.within.covers(one.pk)]
            if len(several) == 1:
                meant.append(several[0].pk)
            else:
                faults.append(_fault(number, word, len(several)))
        if faults:
            self.add_error("listed", told(faults))
        else:
            self.user_ids = list(dict.fromkeys(meant))

    def days(self) -> records.Days:
        """What is asked for everybody. Only of a valid form."""
        return days_of(self.cleaned_data)


def _fault(number: int, word: str, count: int) -> str:
    facts = {"number": number, "line": word[:80]}
    if count:
        return _now("Line %(number)s: %(fault)s") % {"number": number, "fault": several_text(word)}
    return _now("Line %(number)s: nobody you can ask for has the address or ID “%(line)s”.") % facts


class ManyWaivers(_Many, WaiverForm):
    """The same waiver for many."""


class ManyExemptions(_Many, ExemptionForm):
    """The same exemption for many."""


class ManyExtensions(_Many, ExtensionForm):
    """The same new due date for many."""


class ManyCertifications(_Many, CertifyForm):
    """The same completion for many."""


FORMS: dict[str, Any] = {
    "waivers": ManyWaivers,
    "exemptions": ManyExemptions,
    "extensions": ManyExtensions,
    "certifications": ManyCertifications,
}
