"""What people type on the public host. The rules are in tenants.rules; a form only asks them."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from tenants import addresses
from tenants.models import RollUpInvitation
from tenants.provisioning import reservation
from tenants.rules import subdomains, time_zones

_WORD = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class PlainName(forms.CharField):
    """A name of one line, in any script, kept as typed in composed form."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_length=120, min_length=2, **kwargs)  # type: ignore[arg-type]

    def to_python(self, value: object) -> str:
        return unicodedata.normalize("NFC", " ".join(str(super().to_python(value)).split()))

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in value):
            raise forms.ValidationError(_("The name contains an invisible character. Remove it."))


class Subdomain(forms.CharField):
    """The address of the site, well-formed and not reserved."""

    def to_python(self, value: object) -> str:
        text = str(super().to_python(value))
        try:
            return subdomains.parse_subdomain(text) if text else ""
        except subdomains.SubdomainRefused as refusal:
            raise forms.ValidationError(refusal.sentence, code=refusal.code) from refusal


class OneAddress(forms.CharField):
    """An e-mail address in its one spelling."""

    widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def to_python(self, value: object) -> str:
        text = str(super().to_python(value))
        try:
            return addresses.parse_address(text) if text else ""
        except addresses.BadAddress as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class TimeZone(forms.CharField):
    """A place of the time-zone database."""

    def to_python(self, value: object) -> str:
        text = str(super().to_python(value))
        try:
            return time_zones.parse_time_zone(text) if text else ""
        except time_zones.BadTimeZone as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class SignUpForm(forms.Form):
    """The one page of sign-up. `department` is the code of a university that invited a department."""

    department = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    university_name = PlainName(
        label=_("Name of the university"), widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    subdomain = Subdomain(label=_("Address of your site"), max_length=80, widget=forms.TextInput(attrs=_WORD))
    time_zone = TimeZone(
        label=_("Time zone"),
        help_text=_("Due dates end at midnight there, and reminders leave in its morning."),
        widget=forms.Select,
    )
    owner_name = PlainName(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    owner_email = OneAddress(
        label=_("Your work e-mail"),
        max_length=254,
        help_text=_("We send a code there. It becomes the owner of the site."),
    )
    accepted = forms.BooleanField(
        label=_("I may act for this university, and I accept the terms of use"),
        error_messages={"required": _("Tick this box if you may act for the university.")},
    )

    def __init__(
        self, *args: object, at: datetime, invitation: RollUpInvitation | None = None, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.invitation = invitation
        if invitation is not None:
            self.fields["university_name"].label = _("Name of the department")
            self.fields["accepted"].label = _("I may act for this department, and I accept the terms of use")
            self.fields["accepted"].error_messages["required"] = _(
                "Tick this box if you may act for the department."
            )
        self.fields["time_zone"].widget.choices = list(zone_choices(at))
        check = {
            "hx-post": reverse_lazy("tenants:address-check"),
            "hx-target": "#address-verdict",
            "hx-include": "closest form",
            "hx-sync": "closest form:replace",
        }
        self.fields["subdomain"].widget.attrs |= check | {"hx-trigger": "input changed delay:350ms"}
        self.fields["university_name"].widget.attrs |= check | {"hx-trigger": "change"}

    def clean_department(self) -> str:
        """A code that was used or withdrawn while the form was filled in must not make a university's site."""
        if self.cleaned_data["department"] and self.invitation is None:
            raise forms.ValidationError(
                _("The invitation was used or withdrawn meanwhile. Ask your university for a new one.")
            )
        return str(self.cleaned_data["department"])

    def clean(self) -> dict[str, object]:
        """The address as a whole: whether it is free now, and open to this mailbox."""
        cleaned: dict[str, object] = super().clean() or {}
        subdomain, email = cleaned.get("subdomain"), cleaned.get("owner_email")
        if isinstance(subdomain, str) and subdomain:
            try:
                if isinstance(email, str) and email:
                    subdomains.refuse_if_claimed(subdomain, email_domain=addresses.domain_of(email))
                reservation.refuse_if_taken(subdomain)
            except subdomains.SubdomainRefused as refusal:
                self.add_error("subdomain", forms.ValidationError(refusal.sentence, code=refusal.code))
        return cleaned


class AddressForm(forms.Form):
    """Another address, for a sign-up whose own was taken while its code was on the way."""

    subdomain = Subdomain(label=_("Address of your site"), max_length=80, widget=forms.TextInput(attrs=_WORD))


class CodeForm(forms.Form):
    """The six digits of the e-mail; blanks and hyphens between them are forgiven."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        """The digits alone."""
        typed = str(self.cleaned_data["code"]).replace(" ", "").replace("-", "")
        if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
            raise forms.ValidationError(_("The code has six digits, like 482913."))
        return typed


def zone_choices(at: datetime) -> Iterable[tuple[str, str | list[tuple[str, str]]]]:
    """Every zone under its continent, each with its offset from UTC at ``at``."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in time_zones.canonical_zones():
        continent, _slash, place = name.partition("/")
        groups.setdefault(continent if place else "", []).append((name, _zone_label(name, place or name, at)))
    yield "", str(_("Choose a time zone"))
    yield from groups.pop("")
    yield from groups.items()


def _zone_label(name: str, place: str, at: datetime) -> str:
    minutes = int((ZoneInfo(name).utcoffset(at.replace(tzinfo=None)) or at - at).total_seconds()) // 60
    sign = "−" if minutes < 0 else "+"
    return f"{place.replace('_', ' ').replace('/', ', ')} (UTC{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d})"
