"""The forms of the site's own settings."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class _Confirmed(forms.Form):
    """A form that is only well-formed when something on the page was typed once more."""

    confirmation = forms.CharField(max_length=253, widget=forms.TextInput(attrs=_PLAIN))

    def __init__(self, *args: object, expected: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._expected = expected
        self.fields["confirmation"].label = _("Type %(text)s to confirm") % {"text": expected}

    def clean_confirmation(self) -> str:
        """Capital letters and blanks around are forgiven."""
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip().lower() != self._expected.lower():
            raise forms.ValidationError(
                _("This is not “%(text)s”. Nothing was changed.") % {"text": self._expected}
            )
        return typed


class RenameForm(_Confirmed):
    """Another subdomain; the present address confirms."""

    subdomain = forms.CharField(
        label=gettext_lazy("New first part of the address"),
        max_length=63,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    field_order = ("subdomain", "confirmation")


class DomainForm(forms.Form):
    """A host name of the university's own."""

    host = forms.CharField(
        label=gettext_lazy("Name of your own"),
        max_length=300,
        help_text=gettext_lazy(
            "Such as training.example.edu. Whoever looks after that domain has to add two records."
        ),
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url"}),
    )


class RemoveDomainForm(_Confirmed):
    """Giving the name up; the name confirms."""


class CloseForm(_Confirmed):
    """Closing the site; its address confirms."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        help_text=gettext_lazy("Owners and administrators read it in the e-mail and in the history."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("reason", "confirmation")
