"""What a requirement rests on, as a form: owner and policy, controls of the packs, other references, values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.core import audience
from compliance.core.audience import All, Kinds
from compliance.requirements import basis, packs
from lms.people import queries as people
from lms.ui.forms import CardLabel

MOST_ROWS = 30


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Basics(forms.Form):
    """Who answers for it, the policy, and the controls it cites: one field for each pack."""

    owner = forms.EmailField(
        label=_("Owner, e-mail address"),
        required=False,
        help_text=_("The person who answers for this requirement when an auditor asks."),
    )
    policy = forms.CharField(
        label=_("Policy"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The words of your university’s own policy that ask for this."),
    )

    def __init__(self, *args: Any, held: basis.Basis, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        self._owner: Any = None
        for key, versions in packs.library().items():
            cited = [reference for reference in held.authorities if reference.pack == key]
            self.fields[_field_of(key)] = forms.MultipleChoiceField(
                label=versions[-1].name,
                required=False,
                choices=_choices(versions[-1], cited),
                widget=forms.CheckboxSelectMultiple,
                initial=[reference.control for reference in cited],
            )

    def clean_owner(self) -> str:
        """Somebody who is here."""
        address: str = self.cleaned_data["owner"]
        if not address:
            return ""
        self._owner = people.person_by_email(address)
        if self._owner is None or not self._owner.is_active:
            raise forms.ValidationError(_("Nobody who is active here has this address."))
        return address

    def found_owner(self) -> Any:
        """The person; only of a valid form."""
        return self._owner

    def pack_fields(self) -> list[Mapping[str, Any]]:
        """Each pack's field with how many of its controls are chosen."""
        fields = ((key, self[_field_of(key)]) for key in packs.library())
        return [{"field": field, "count": len(field.value() or ()), "key": key} for key, field in fields]

    def cited(self) -> list[basis.Reference]:
        """The chosen controls as the newest versions of their packs say them; what a pack dropped stays as cited."""
        old = {(each.pack, each.control): each for each in self.held.authorities}
        found = []
        for key, versions in packs.library().items():
            for control_id in self.cleaned_data[_field_of(key)]:
                control = versions[-1].control(control_id)
                found.append(basis.cite(versions[-1], control) if control else old[key, control_id])
        return found


class OtherReference(forms.Form):
    """A law, contract or policy that no pack knows. A row of which nothing is filled in is no reference."""

    regime = forms.CharField(label=_("Law, standard or contract"), required=False, max_length=200)
    control = forms.CharField(label=_("Section or number"), required=False, max_length=100)
    asks = forms.CharField(label=_("What it asks"), required=False, max_length=1000)
    source = forms.CharField(label=_("Where to read it"), required=False, max_length=300)
    effective_from = forms.DateField(label=_("In force from"), required=False, widget=_day())
    effective_to = forms.DateField(label=_("In force until"), required=False, widget=_day())

    def clean(self) -> dict[str, Any]:
        """Whole or empty, and not ended before it began."""
        cleaned: dict[str, Any] = super().clean() or {}
        if any(cleaned.values()):
            for name in ("regime", "control", "asks"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(
                        name, _("Fill this in, or empty the whole row to take the reference away.")
                    )
        first, last = cleaned.get("effective_from"), cleaned.get("effective_to")
        if first and last and last < first:
            self.add_error("effective_to", _("It cannot end before it begins."))
        return cleaned


class Parameter(forms.Form):
    """What the law leaves to the organization. A row without a value is not kept."""

    name = forms.CharField(label=_("What is set"), required=False, max_length=300)
    value = forms.CharField(label=_("Value"), required=False, max_length=300)
    since = forms.DateField(label=_("Holds from"), required=False, widget=_day())

    def clean(self) -> dict[str, Any]:
        """A value has a name and a day."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("value"):
            for name in ("name", "since"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in, or empty the value to take it away."))
        return cleaned


_INCOMPLETE: Any = {
    "missing_management_form": _("The page did not arrive whole. Open it again; nothing was saved.")
}
_Others = forms.formset_factory(
    OtherReference, extra=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)
_Parameters = forms.formset_factory(
    Parameter, extra=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


@dataclass(frozen=True)
class BasisForm:
    """The three parts of the page as one."""

    basics: Basics
    others: Any
    parameters: Any

    def is_valid(self) -> bool:
        """Whether every part is; all are looked at, so that every error shows at once."""
        valid = [part.is_valid() for part in (self.basics, self.others, self.parameters)]
        return all(valid)

    @property
    def parts(self) -> list[Any]:
        """What the summary of errors goes through."""
        return [self.basics, self.others, *self.others, self.parameters, *self.parameters]

    def basis(self) -> basis.Basis:
        """What was decided; only of a valid form."""
        others = (basis.Reference(**row) for row in self.others.cleaned_data if any(row.values()))
        values = (basis.Parameter(**row) for row in self.parameters.cleaned_data if row.get("value"))
        return basis.Basis(
            owner=self.basics.found_owner(),
            policy=self.basics.cleaned_data["policy"],
            authorities=(*self.basics.cited(), *others),
            parameters=tuple(values),
        )


def open_basis(held: basis.Basis) -> BasisForm:
    """The form with what the requirement rests on now, and a row for each value the laws leave to set."""
    names = ("regime", "control", "asks", "source", "effective_from", "effective_to")
    others = [
        {name: getattr(reference, name) for name in names}
        for reference in held.authorities
        if not reference.pack
    ]
    values = [{"name": row.name, "value": row.value, "since": row.since} for row in held.parameters]
    values += [{"name": name} for name in basis.unset_parameters(held)]
    address = held.owner.email if held.owner else ""
    return BasisForm(
        Basics(held=held, initial={"owner": address, "policy": held.policy}),
        _Others(prefix="other", initial=others),
        _Parameters(prefix="value", initial=values),
    )


def answered_basis(data: Any, held: basis.Basis) -> BasisForm:
    """The form with what was typed."""
    return BasisForm(
        Basics(data, held=held),
        _Others(data, prefix="other", error_messages=_INCOMPLETE),
        _Parameters(data, prefix="value", error_messages=_INCOMPLETE),
    )


def drafted(pack: packs.Pack, control: packs.Control) -> dict[str, Any]:
    """What the form of a new requirement begins with when it is to answer this control."""
    purpose = {"purpose": f"{pack.regime} {control.id}: {control.asks}"}
    if control.draft is None:
        return purpose | {"title": control.title}
    return purpose | {
        "title": control.draft.title,
        "audience": audience.dump(All((Kinds(control.draft.kinds),))),
        "first_due_days": control.draft.first_due_days,
        "recurs_months": control.draft.recurs_months,
    }


def _field_of(key: str) -> str:
    return f"pack-{key}"


def _choices(newest: packs.Pack, cited: list[basis.Reference]) -> list[tuple[str, CardLabel]]:
    """The controls of the newest version, and those cited that it no longer has."""
    here = [
        (control.id, CardLabel(f"{control.id} {control.title}", control.asks)) for control in newest.controls
    ]
    gone = [
        (each.control, CardLabel(each.control, _("No longer in this pack.")))
        for each in cited
        if newest.control(each.control) is None
    ]
    return here + gone
