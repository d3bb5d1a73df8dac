"""What a rule asks of a field of the university's own, in words, in the language in force."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.core.attributes import Attribute, OfAppointment, managers_asked
from compliance.core.fields import Field, FieldTest, spelt
from lms.ui.dates import day_text

_PLAIN: dict[FieldTest, str | Promise] = {
    FieldTest.ONE_OF: gettext_lazy("whose %(field)s is %(words)s"),
    FieldTest.YES: gettext_lazy("whose %(field)s is yes"),
    FieldTest.NO: gettext_lazy("whose %(field)s is no"),
    FieldTest.LESS: gettext_lazy("whose %(field)s is less than %(words)s"),
    FieldTest.AT_MOST: gettext_lazy("whose %(field)s is %(words)s at most"),
    FieldTest.EQUAL: gettext_lazy("whose %(field)s is %(words)s"),
    FieldTest.AT_LEAST: gettext_lazy("whose %(field)s is %(words)s at least"),
    FieldTest.MORE: gettext_lazy("whose %(field)s is more than %(words)s"),
    FieldTest.BEFORE: gettext_lazy("whose %(field)s is before %(words)s"),
    FieldTest.AFTER: gettext_lazy("whose %(field)s is after %(words)s"),
    FieldTest.SET: gettext_lazy("who have anything as %(field)s"),
    FieldTest.NOT_SET: gettext_lazy("who have nothing as %(field)s"),
}


def field_text(field: Field, names: dict[str, str]) -> str:
    """ "whose Clearance is secret or top secret"; `names` as `facts.names` has them."""
    said = {"field": names.get(f"field:{field.key}", field.key), "words": _words(field.against)}
    if field.test is FieldTest.IN_LAST and isinstance(field.against, int):
        text = ngettext(
            "whose %(field)s was in the last %(days)d day",
            "whose %(field)s was in the last %(days)d days",
            field.against,
        )
        return text % {**said, "days": field.against}
    if field.test is FieldTest.IN_NEXT and isinstance(field.against, int):
        text = ngettext(
            "whose %(field)s is in the next %(days)d day",
            "whose %(field)s is in the next %(days)d days",
            field.against,
        )
        return text % {**said, "days": field.against}
    return str(_PLAIN[field.test]) % said


ATTRIBUTES: dict[Attribute, str | Promise] = {
    Attribute.TITLE: gettext_lazy("job title"),
    Attribute.WORKING_TIME: gettext_lazy("working time in percent"),
    Attribute.MANAGER: gettext_lazy("manager"),
}
GONE = gettext_lazy("somebody who is not here any more")


def attribute_text(leaf: OfAppointment, names: dict[str, str]) -> str:
    """ "whose job title is Nurse", "who report to Ana Weber"; `names` as `facts.names` has them."""
    managers = managers_asked(leaf)
    if managers is not None:
        return _manager_text(leaf.asked, names)
    return field_text(leaf.asked, {f"field:{leaf.asked.key}": str(ATTRIBUTES[leaf.attribute])})


def _manager_text(asked: Field, names: dict[str, str]) -> str:
    if asked.test is FieldTest.SET:
        return _("with a manager")
    if asked.test is FieldTest.NOT_SET:
        return _("without a manager")
    keys = asked.against if isinstance(asked.against, tuple) else ()
    # Who is gone has no name any more, however many they are.
    people = dict.fromkeys(names.get(f"person:{key}", str(GONE)) for key in keys)
    return _("who report to %(people)s") % {"people": listed(list(people), _("or"))}


def _words(against: Any) -> str:
    match against:
        case tuple():
            return listed(list(against), _("or"))
        case Decimal():
            return spelt(against)
        case dt.date():
            return day_text(against)
        case _:
            return ""


def listed(words: list[str], last: str) -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
