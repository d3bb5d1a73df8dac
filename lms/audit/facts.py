"""An event's facts, ready to be read."""

from dataclasses import dataclass
from typing import Any

from lms.audit import kinds
from lms.audit.models import Event


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing an event says; of a change, what was there before."""

    name: str
    after: str
    before: str = ""
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An event as the log shows it."""

    event: Event
    deed: str
    facts: tuple[Fact, ...]


def line(event: Event) -> Line:
    """The event with its deed in words and its facts apart."""
    return Line(
        event, kinds.label(event.action), tuple(_fact(name, value) for name, value in event.facts.items())
    )


def _fact(name: str, value: Any) -> Fact:
    label = name.replace("_", " ")
    if (
        isinstance(value, list)
        and len(value) == 2
        and not any(isinstance(part, dict | list) for part in value)
    ):
        return Fact(label, _text(value[1]), _text(value[0]), is_change=True)
    return Fact(label, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    return "–" if value in (None, "") else str(value)
