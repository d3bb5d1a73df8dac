"""What people say about systems, consequences and freezes; and the filters of the log."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from compliance.consequences import queries, rules
from compliance.consequences.models import Receiver
from compliance.requirements import queries as requirements
from lms.ui import filters
from lms.ui.forms import DayField

LONGEST_FREEZE = 366


class ReceiverForm(forms.Form):
    """A system by name, and the address that is called."""

    name = forms.CharField(
        label=_("Name of the system"),
        max_length=120,
        help_text=_("People read it: “Access to VPN ends on …”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=_("Address that is called"),
        max_length=500,
        help_text=_("It begins with https:// and can be reached from the internet. Each call is signed."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, receiver: Receiver | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._receiver = receiver

    def clean_name(self) -> str:
        """One line, and no other system's name: people tell them apart by it."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        others = queries.receivers().filter(name__iexact=name)
        if self._receiver is not None:
            others = others.exclude(pk=self._receiver.pk)
        if others.exists():
            raise forms.ValidationError(_("There is a system of this name already."))
        return name

    def clean_url(self) -> str:
        """An address that may be called."""
        url = str(self.cleaned_data["url"]).strip()
        if fault := rules.url_fault(url, may_be_local=settings.WEBHOOKS_MAY_BE_LOCAL):
            raise forms.ValidationError(fault)
        return url


class ConsequenceForm(forms.Form):
    """Access to which system is withdrawn, and when."""

    receiver = forms.ChoiceField(label=_("System"))
    days = forms.IntegerField(
        label=_("Days after the due date"),
        initial=14,
        validators=[MinValueValidator(1), MaxValueValidator(rules.MOST_DAYS)],
        help_text=_("1 is the day after the due date. In grace nobody loses access."),
    )
    at_once = forms.BooleanField(
        label=_("At once for whoever had done it before and let it run out"), required=False
    )

    def __init__(self, *args: Any, receivers: list[Receiver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_id = {str(each.public_id): each for each in receivers}
        choices = [(key, each.name) for key, each in self._by_id.items()]
        self.fields["receiver"].choices = choices  # type: ignore[attr-defined]

    @property
    def terms(self) -> rules.Terms:
        """What it says, once it is valid."""
        return rules.Terms(self.cleaned_data["days"], self.cleaned_data["at_once"])

    @property
    def chosen(self) -> Receiver:
        """The system, once it is valid."""
        return self._by_id[self.cleaned_data["receiver"]]


class FreezeForm(forms.Form):
    """Days on which nobody loses access, and what they are."""

    name = forms.CharField(
        label=_("What these days are"),
        max_length=120,
        help_text=_("Such as “Finals week” or “Semester start”."),
    )
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_name(self) -> str:
        """One line."""
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean(self) -> dict[str, Any]:
        """In order, not over, and no longer than a year."""
        given = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last:
            if last < first:
                self.add_error("ends_on", _("The last day is before the first."))
            elif last < self._today:
                self.add_error("ends_on", _("These days are over. What happened on them stays as it is."))
            elif (last - first).days >= LONGEST_FREEZE:
                self.add_error("ends_on", _("That is more than a year. Pause the system instead."))
        return given


def log_filters(query: QueryDict) -> filters.FilterSet:
    """`?q=…&system=<public id>&requirement=<public id>&state=open`: which withdrawals are listed."""
    titles = [(str(one.public_id), one.title) for one in requirements.ever_turned_on()]
    states = [
        ("open", _("Without access now")),
        ("restored", _("Restored")),
        ("failed", _("A call failed")),
    ]
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name, address or ID")),
            filters.Choice("system", _("System"), queries.receiver_names()),
            filters.Choice("requirement", _("Requirement"), titles),
            filters.Choice("state", _("State"), states),
        ],
    )
