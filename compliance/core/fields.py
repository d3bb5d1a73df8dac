"""What a university keeps of its people in fields of its own, and what a rule can ask of them.

A field says one thing of a person on a day, or nothing. What it says holds from a day to a day, so that a day past is
judged by what held then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | bool | Decimal | date
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

MOST_NUMBER = Decimal(10) ** 12
"""Numbers lie between this and its negative, both excluded, with four places at most."""
PLACES = 4
MOST_WORDS = 100
MOST_DAYS = 36_500


class BadTest(ValueError):
    """What is asked of a field is not understood; the message names the part."""


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What the field of this key says of a person from `starts_on` to `ends_on`, both included; None: until further."""

    key: str
    value: Value
    starts_on: date
    ends_on: date | None = None

    def covers(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


def value_on(values: Iterable[FieldValue], key: str, on: date) -> Value | None:
    """What the field of this key says on that day; None when it says nothing."""
    return next((each.value for each in values if each.key == key and each.covers(on)), None)


def spelt(value: Value | None) -> str:
    """A value as plain words of data: "yes", "2.5", "2026-03-01"; empty for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return value.isoformat()
        case _:
            return value


class FieldTest(StrEnum):
    """What is asked. Whoever has no value is meant by NOT_SET only: no answer is not a no.

    BEFORE and AFTER a fixed day, which itself does not count; IN_LAST and IN_NEXT days of the day judged, it included.
    """

    ONE_OF = "one_of"
    YES = "yes"
    NO = "no"
    LESS = "less"
    AT_MOST = "at_most"
    EQUAL = "equal"
    AT_LEAST = "at_least"
    MORE = "more"
    BEFORE = "before"
    AFTER = "after"
    IN_LAST = "in_last"
    IN_NEXT = "in_next"
    SET = "set"
    NOT_SET = "not_set"


OF_FLAGS = frozenset({FieldTest.YES, FieldTest.NO})
OF_NUMBERS = frozenset(
    {FieldTest.LESS, FieldTest.AT_MOST, FieldTest.EQUAL, FieldTest.AT_LEAST, FieldTest.MORE}
)
OF_FIXED_DAYS = frozenset({FieldTest.BEFORE, FieldTest.AFTER})
OF_WINDOWS = frozenset({FieldTest.IN_LAST, FieldTest.IN_NEXT})
Against: TypeAlias = tuple[str, ...] | Decimal | date | int | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the person by its key. `against`: words, a number, a day or a count of days, as the test needs."""

    key: str
    test: FieldTest
    against: Against = None

    def found(self, values: Iterable[FieldValue], on: date) -> Value | None:
        """What the field says of the person on that day."""
        return value_on(values, self.key, on)

    def holds(self, values: Iterable[FieldValue], on: date) -> bool:
        """Whether it holds for a person of whom these values are kept."""
        return self.is_true_of(self.found(values, on), on)

    def is_true_of(self, value: Value | None, on: date) -> bool:
        """Whether it holds for what is said on that day."""
        holds = False
        if self.test in {FieldTest.SET, FieldTest.NOT_SET}:
            return (value is None) is (self.test is FieldTest.NOT_SET)
        match value, self.against:
            case bool(), None:
                holds = value is (self.test is FieldTest.YES)
            case str(), tuple() as words:
                holds = value in words
            case Decimal(), Decimal() as number:
                holds = _compares(self.test, value, number)
            case date(), date() as day:
                holds = value < day if self.test is FieldTest.BEFORE else value > day
            case date(), int() as days:
                away = (on - value).days if self.test is FieldTest.IN_LAST else (value - on).days
                holds = 0 <= away <= days
        return holds

    @property
    def offsets(self) -> tuple[int, ...]:
        """So many days after the day that the field names (before, when negative) the test may turn."""
        if self.test not in OF_WINDOWS or not isinstance(self.against, int):
            return ()
        return (0, self.against + 1) if self.test is FieldTest.IN_LAST else (-self.against, 1)


def _compares(test: FieldTest, value: Decimal, number: Decimal) -> bool:
    match test:
        case FieldTest.LESS:
            return value < number
        case FieldTest.AT_MOST:
            return value <= number
        case FieldTest.EQUAL:
            return value == number
        case FieldTest.AT_LEAST:
            return value >= number
        case _:
            return value > number


def dump(field: Field) -> Json:
    """The test as JSON; `parse(dump(field)) == field`."""
    said: dict[str, Json] = {"key": field.key, "is": field.test.value}
    match field.against:
        case tuple() as words:
            said["words"] = list(words)
        case Decimal() as number:
            said["number"] = spelt(number)
        case date() as day:
            said["day"] = day.isoformat()
        case int() as days:
            said["days"] = days
    return said


def parse(said: Json) -> Field:
    """The test that the JSON spells, with what it needs and nothing else. Raises BadTest."""
    if not isinstance(said, dict) or not isinstance(said.get("key"), str) or not said["key"]:
        raise BadTest(f"field needs a key, not {said!r}.")
    try:
        test = FieldTest(str(said.get("is")))
    except ValueError as error:
        raise BadTest(f"field is not understood: {said!r}.") from error
    part = needs(test)
    if set(said) != {"key", "is", part} - {""}:
        raise BadTest(f"field has other parts than it needs: {said!r}.")
    return Field(str(said["key"]), test, _against(part, said.get(part)))


def needs(test: FieldTest) -> str:
    """What a test is held against: "words", "number", "day", "days", or nothing."""
    if test is FieldTest.ONE_OF:
        return "words"
    if test in OF_NUMBERS:
        return "number"
    if test in OF_FIXED_DAYS:
        return "day"
    return "days" if test in OF_WINDOWS else ""


def number_of(text: str) -> Decimal:
    """A number within the bounds of a field. Raises BadTest."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise BadTest(f"{text!r} is not a number.") from error
    if not number.is_finite() or abs(number) >= MOST_NUMBER or number != round(number, PLACES):
        raise BadTest(f"{text!r} is not a number of {PLACES} places at most.")
    return number + 0  # there is no zero below zero


def days_of(key: str, value: Json) -> int:
    """A number of days that a window may have. Raises BadTest."""
    if type(value) is not int or not 0 <= value <= MOST_DAYS:
        raise BadTest(f"{key} needs a number of days from 0 to {MOST_DAYS}, not {value!r}.")
    return value


def _against(part: str, value: Json) -> Against:
    match part, value:
        case "", None:
            return None
        case "words", list() if 0 < len(value) <= MOST_WORDS and all(isinstance(one, str) for one in value):
            return tuple(str(one) for one in value)
        case "number", str():
            return number_of(value)
        case "day", str():
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise BadTest(f"field needs a day, not {value!r}.") from error
        case "days", int() if not isinstance(value, bool) and 0 <= value <= MOST_DAYS:
            return value
    raise BadTest(f"field needs {part}, not {value!r}.")
