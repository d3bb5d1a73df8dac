"""What the app above answers about facts that are to change: the outlook, that is what it does to what people owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from lms.people.enums import AbsentPolicy

if TYPE_CHECKING:
    from lms.people.queries import PersonFacts


MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Turned:
    """Somebody whose facts the import changes; `before` is None for who is new. `is_absent`: not in the file."""

    before: PersonFacts | None
    after: PersonFacts
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one requirement sees of it: how many people each effect has, and mails today and in the 30 days ahead,
    with and without the import.
    """

    title: str
    is_absent: bool
    effects: list[tuple[str, int]]
    mails_today: int
    mails_ahead: int
    mails_before: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The outlook as it was kept. `seen` names it whole; `digests` what is done, by what becomes of the absent."""

    shares: list[Share]
    seen: str
    digests: dict[str, str]
    affected_count: int
    url: str

    def affected(self, absent: str, ended_count: int) -> int:
        """How many people it concerns: whose obligations change, and all who are ended (as many as are counted)."""
        return self.affected_count + (ended_count if absent == AbsentPolicy.DEACTIVATE else 0)


@dataclass(frozen=True, slots=True)
class Following:
    """What follows for one person in one requirement, in the words of whoever looks; dates are before and after.

    `starts_on`: when it happens, if later; the other two: when what happens now turns again.
    """

    name: str
    email: str
    title: str
    what: str
    due_from: date | None
    due_to: date | None
    starts_on: date | None = None
    loses_again_on: date | None = None
    gets_again_on: date | None = None


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows from facts that are changed by hand. `digest` names exactly this; `limit` as `Outlook.limit`."""

    shares: list[Share]
    people: list[Following]
    affected_count: int
    digest: str
    limit: int | None = None

    @property
    def shown(self) -> list[Following]:
        """The first lines, as many as a page has room for."""
        return self.people[:MOST_SHOWN]

    @property
    def is_beyond_one(self) -> bool:
        """Whether it concerns more people than one person alone may decide about."""
        return self.limit is not None and self.affected_count > self.limit

    @property
    def of_one(self) -> list[tuple[Share, Following]]:
        """Requirement by requirement, where it is about one person."""
        return list(zip(self.shares, self.people, strict=True))


class Outlook(Protocol):
    """What the app above answers for one import at one moment."""

    def begin(self, *, keeps: bool) -> bool:
        """Begin anew; False when nothing is owed here, so that nobody need be looked at. `keeps`: write it down."""
        ...

    def look(self, people: Sequence[Turned]) -> None:
        """Work out what follows for these people; each is shown once."""
        ...

    def finish(self) -> dict[str, str]:
        """The digests, as in `Summary.digests`; what was kept is complete now."""
        ...

    def hold(self) -> None:
        """Let nothing be worked out about obligations until the end of the caller's transaction."""
        ...

    def give_back(self, user_ids: Sequence[int]) -> None:
        """Where the import undoes another: let these people have again, as they had it, what they had lost by that
        one and are meant for again. In the caller's transaction, after their facts were put back.
        """
        ...

    def summary(self) -> Summary | None:
        """What was kept last; None when nothing was."""
        ...

    def limit(self) -> int | None:
        """How many people one person alone may affect; None: any number."""
        ...
