"""The conditions that a rule can be built of: one entry each, with its fields, and the way to and from the engine."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.core import audience, fields
from compliance.core.attributes import Attribute, Dated, DateOf, DateTest, OfAppointment
from compliance.core.audience import (
    Access,
    Departments,
    Everyone,
    Groups,
    Kinds,
    Not,
    OnLeave,
)
from compliance.core.fields import Field
from compliance.requirements.conditions_base import Choices, Fields, Lists, Picks
from compliance.requirements.conditions_fields import FieldFields, TitleFields, WorkingTimeFields
from compliance.requirements.conditions_people import ManagerFields
from lms.people.enums import AffiliationKind


class EveryoneFields(Fields):
    """Needs nothing."""

    note = _("Everybody who has an appointment.")

    def rule(self) -> audience.Rule:
        """Holds always."""
        return Everyone()


class NobodyFields(Fields):
    """Needs nothing."""

    note = _("By the rule nobody: only people who are added by hand, one by one.")

    def rule(self) -> audience.Rule:
        """Holds never."""
        return Not(Everyone())


class KindFields(Fields):
    """Kinds of appointment."""

    kinds = Picks(label=_("The appointment is one of these"))

    def load(self, lists: Lists) -> None:
        """The kinds there are."""
        self.fields["kinds"].offer(list(AffiliationKind.choices), self.chosen("kinds"))  # type: ignore[attr-defined]

    def rule(self) -> audience.Rule:
        """One of them."""
        return Kinds(tuple(self.cleaned_data["kinds"]))

    @classmethod
    def values(cls, rule: Kinds) -> dict[str, Any]:
        """The kinds."""
        return {"kinds": list(rule.kinds)}


class DepartmentFields(Fields):
    """Departments with all below them."""

    departments = Picks(label=_("In one of these departments, or below it"))

    def load(self, lists: Lists) -> None:
        """The departments there are."""
        choices: Choices = [(row.code, row.name) for row in lists.departments]
        self.fields["departments"].offer(choices, self.chosen("departments"))  # type: ignore[attr-defined]

    def rule(self) -> audience.Rule:
        """In one of them."""
        return Departments(tuple(self.cleaned_data["departments"]))

    @classmethod
    def values(cls, rule: Departments) -> dict[str, Any]:
        """The codes."""
        return {"departments": list(rule.codes)}


class GroupFields(Fields):
    """Groups of people by name."""

    groups = Picks(label=_("In one of these groups"))

    def load(self, lists: Lists) -> None:
        """The groups there are."""
        choices: Choices = [(row.code, row.name) for row in lists.groups if not row.is_system]
        self.fields["groups"].offer(choices, self.chosen("groups"))  # type: ignore[attr-defined]

    def rule(self) -> audience.Rule:
        """In one of them."""
        return Groups(tuple(self.cleaned_data["groups"]))

    @classmethod
    def values(cls, rule: Groups) -> dict[str, Any]:
        """The codes."""
        return {"groups": list(rule.codes)}


class AccessFields(Fields):
    """Systems, and how long before access begins."""

    systems = Picks(label=_("Has access to one of these systems"))
    ahead_days = forms.IntegerField(
        label=_("Days ahead"),
        min_value=0,
        max_value=fields.MOST_DAYS,
        initial=0,
        help_text=_("So many days before access begins they are meant already. 0: from the day itself."),
    )

    def load(self, lists: Lists) -> None:
        """The systems there are."""
        choices: Choices = [(row.code, row.name) for row in lists.groups if row.is_system]
        self.fields["systems"].offer(choices, self.chosen("systems"))  # type: ignore[attr-defined]

    def rule(self) -> audience.Rule:
        """Access to one of them."""
        return Access(tuple(self.cleaned_data["systems"]), self.cleaned_data["ahead_days"])

    @classmethod
    def values(cls, rule: Access) -> dict[str, Any]:
        """The codes and the days."""
        return {"systems": list(rule.codes), "ahead_days": str(rule.ahead_days)}


class OnLeaveFields(Fields):
    """Needs nothing."""

    note = _("While a leave lasts. In “none of these”: left out while away, instead of keeping it paused.")

    def rule(self) -> audience.Rule:
        """On leave."""
        return OnLeave()


class AppointmentDayFields(Fields):
    """The first or last day of the appointment: against a fixed day, or within days of the day judged."""

    which = forms.ChoiceField(
        label=_("The appointment"),
        choices=[
            ("starts-within", _("began in the last … days")),
            ("starts-after", _("began after …")),
            ("starts-before", _("began before …")),
            ("ends-within", _("ends in the next … days")),
            ("ends-before", _("ends before …")),
            ("ends-after", _("ends after …")),
        ],
    )
    days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=0,
        max_value=fields.MOST_DAYS,
        help_text=_("Only for “in the last” and “in the next”. Afterwards the rule no longer means them."),
    )
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only for “before” and “after”. The day itself does not count."),
    )

    def clean(self) -> dict[str, Any]:
        """The one of the two that is needed."""
        cleaned: dict[str, Any] = super().clean() or {}
        needed = "days" if str(cleaned.get("which", "")).endswith("within") else "day"
        if cleaned.get("which") and needed not in self.errors and cleaned.get(needed) is None:
            self.add_error(needed, _("This is needed for what you chose."))
        return cleaned

    def rule(self) -> audience.Rule:
        """That test of that day."""
        of, _dash, test = self.cleaned_data["which"].partition("-")
        if DateTest(test) is DateTest.WITHIN:
            return Dated(DateOf(of), DateTest.WITHIN, days=self.cleaned_data["days"])
        return Dated(DateOf(of), DateTest(test), day=self.cleaned_data["day"])

    @classmethod
    def values(cls, rule: Dated) -> dict[str, Any]:
        """What is asked, and the days or the day."""
        which = f"{rule.of.value}-{rule.test.value}"
        if rule.day is None:
            return {"which": which, "days": str(rule.days)}
        return {"which": which, "day": rule.day.isoformat()}


@dataclass(frozen=True, slots=True)
class Condition:
    """One type of condition. `leaf` is its class in the engine; None: it is made of others there."""

    name: str
    label: str | Promise
    fields: type[Fields]
    leaf: type[Any] | None


CONDITIONS = (
    Condition("kinds", _("Kind of appointment"), KindFields, Kinds),
    Condition("departments", _("Department"), DepartmentFields, Departments),
    Condition(Attribute.TITLE.value, _("Job title"), TitleFields, OfAppointment),
    Condition(Attribute.WORKING_TIME.value, _("Working time"), WorkingTimeFields, OfAppointment),
    Condition(Attribute.MANAGER.value, _("Manager"), ManagerFields, OfAppointment),
    Condition("groups", _("Group"), GroupFields, Groups),
    Condition("access", _("Access to a system"), AccessFields, Access),
    Condition("appointment_day", _("First or last day"), AppointmentDayFields, Dated),
    Condition("on_leave", _("On leave"), OnLeaveFields, OnLeave),
    Condition("everyone", _("Everyone"), EveryoneFields, Everyone),
    Condition("nobody", _("Nobody by rule"), NobodyFields, None),
)
NOBODY = Not(Everyone())
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def by_name(name: str) -> Condition | None:
    """The type of that name; None when there is none. Each field of the university's own is a type: "field:key"."""
    word, _colon, key = name.partition(":")
    if word == "field" and _KEY.fullmatch(key):
        return _of_field(key, _("A field that is not here any more"))
    return next((each for each in CONDITIONS if each.name == name), None)


def on_offer(lists: Lists) -> tuple[Condition, ...]:
    """What may be added."""
    return (*CONDITIONS, *(_of_field(row.key, row.name) for row in lists.person_fields.values()))


def _of_field(key: str, label: str | Promise) -> Condition:
    return Condition(f"field:{key}", label, type("KeyedFields", (FieldFields,), {"key": key}), Field)


def of_rule(rule: audience.Rule) -> Condition | None:
    """The type that this part of a rule is written with; None when it is a group, or of no type."""
    if rule == NOBODY:
        return by_name("nobody")
    if isinstance(rule, Field):
        return by_name(f"field:{rule.key}")
    if isinstance(rule, OfAppointment):
        return by_name(rule.attribute.value)
    return next((each for each in CONDITIONS if each.leaf is type(rule)), None)
