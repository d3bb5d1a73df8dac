"""What a pack is made of."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Where a law or a standard stands."""

    PROPOSED = "proposed"
    ENACTED = "enacted"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"


class Kind(StrEnum):
    """What answers a control: training that a requirement asks of people, or a duty of whoever runs the program."""

    TRAINING = "training"
    PROGRAMME = "programme"


class Checked(StrEnum):
    """How far what a pack says was compared with its source."""

    READ = "read"
    MIRROR = "mirror"
    TITLE = "title"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a requirement that answers a control usually says. Lengths are days unless the name says months."""

    title: str
    kinds: tuple[str, ...] = ()
    first_due_days: int = 30
    recurs_months: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What a duty of the program that answers a control is called, and how often it comes back.

    `repeats_months` None: the law leaves that to the organization, or asks for it once.
    """

    title: str
    repeats_months: int | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that is asked, in words of our own. `is_mandate` is False where nobody is told to do it.

    In force on the days `effective_from` to `effective_to`; `dating` says where they were read, or why there are none.
    """

    id: str
    title: str
    asks: str
    kind: Kind
    status: Status
    checked: Checked
    source: str
    url: str
    dating: str
    note: str = ""
    is_mandate: bool = True
    effective_from: date | None = None
    effective_to: date | None = None
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    draft: Draft | None = None
    duty: Task | None = None

    @property
    def wants_requirement(self) -> bool:
        """Whether it is a gap when no requirement answers it: training that is asked for by what is in force."""
        return self.is_mandate and self.kind is Kind.TRAINING and self.status is Status.EFFECTIVE

    @property
    def wants_duty(self) -> bool:
        """Whether it is a gap when no duty answers it: what is in force asks something of whoever runs the program."""
        return self.is_mandate and self.duty is not None and self.status is Status.EFFECTIVE


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of what a law or standard asks, as of the day `dated`."""

    key: str
    version: int
    dated: date
    name: str
    regime: str
    status: Status
    summary: str
    source: str
    url: str
    dating: str
    controls: tuple[Control, ...]
    effective_from: date | None = None
    effective_to: date | None = None

    def control(self, control_id: str) -> Control | None:
        """The control of that id."""
        return next((control for control in self.controls if control.id == control_id), None)
