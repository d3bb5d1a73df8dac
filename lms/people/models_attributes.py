"""What a university keeps of its people besides: groups, access to systems, and fields of its own."""

import datetime as dt
import uuid
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from lms.people.enums import FieldKind, GroupKind


class Group(models.Model):
    """Some people by name, or those with access to a system. Rules find it by `code`: upper-case, for good."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=GroupKind)
    purpose = models.CharField(_("what for"), max_length=300, blank=True)
    is_archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="group_public_id_once"),
            models.UniqueConstraint(fields=["code"], name="group_code_once"),
            models.CheckConstraint(condition=Q(code=Upper("code")), name="group_code_is_upper_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_system(self) -> bool:
        """Whether its members are those who may use a system."""
        return self.kind == GroupKind.SYSTEM


class GroupMember(models.Model):
    """A person in a group, from a day on, which may lie ahead; whoever leaves it has no row."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    user = models.ForeignKey("people.User", models.CASCADE, related_name="memberships")
    since = models.DateField(_("since"))

    class Meta:
        verbose_name = _("member of a group")
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="group_member_once")]
        indexes = [models.Index(fields=["group", "since"], name="group_member_by_day")]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.user_id}"


class PersonField(models.Model):
    """Something this university wants to know of its people. Rules and rosters find it by `key`: lower-case, for good.

    `choices` are the words of a field of the kind CHOICE. One that is retired keeps what it said.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    key = models.CharField(_("key"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=FieldKind)
    purpose = models.CharField(_("what for"), max_length=300, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="person_field_public_id_once"),
            models.UniqueConstraint(fields=["key"], name="person_field_key_once"),
            models.CheckConstraint(condition=Q(key=Lower("key")), name="person_field_key_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name


def _only(name: str) -> Func:
    """A range of this one id: for whole numbers alone the index of an exclusion would need an extension."""
    return Func(F(name), F(name), Value("[]"), function="int8range")


class FieldValue(models.Model):
    """What a field says of one person from a day to a day, both included; without an end, until further notice.

    One of `words`, `flag`, `number` and `day` is there, as the kind of the field asks. For nothing there is no row.
    """

    field = models.ForeignKey(PersonField, models.CASCADE, related_name="values")
    user = models.ForeignKey("people.User", models.CASCADE, related_name="field_values")
    words = models.CharField(max_length=200, blank=True)
    flag = models.BooleanField(null=True)
    number = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    day = models.DateField(null=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True)

    class Meta:
        verbose_name = _("value of a field")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="field_value_ends_after_start",
            ),
            models.CheckConstraint(
                condition=(
                    Q(flag__isnull=True, number__isnull=True, day__isnull=True) & ~Q(words="")
                    | Q(words="", number__isnull=True, day__isnull=True, flag__isnull=False)
                    | Q(words="", flag__isnull=True, day__isnull=True, number__isnull=False)
                    | Q(words="", flag__isnull=True, number__isnull=True, day__isnull=False)
                ),
                name="field_value_is_one_value",
            ),
            ExclusionConstraint(
                name="field_value_once_a_day",
                expressions=[
                    (_only("user_id"), "&&"),
                    (_only("field_id"), "&&"),
                    (Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"), "&&"),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["field", "day"], name="field_value_by_day"),
            models.Index(fields=["field", "starts_on"], name="field_value_by_start"),
            models.Index(fields=["field", "ends_on"], name="field_value_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.field_id}: {self.user_id}"

    @property
    def value(self) -> str | bool | Decimal | dt.date:
        """The one that is there."""
        return next((each for each in (self.flag, self.number, self.day) if each is not None), self.words)
