"""What differs between the kinds of changes; how one is decided about is the same for all: `deciding`."""

from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from compliance.changes.enums import Reach
from compliance.changes.models import Proposal

if TYPE_CHECKING:
    from lms.people.models import User

C = TypeVar("C", bound=Proposal)
Does = TypeVar("Does")


class Way(ABC, Generic[C, Does]):
    """How changes of one kind are held, worked out and carried out.

    `Does` is what one does as it was worked out last. All of it happens in the caller's transaction.
    """

    @abstractmethod
    def hold(self, found: C) -> None:
        """Lock what it changes. Raises rules.UnderWay when somebody holds that for longer than a request can wait."""

    @abstractmethod
    def locked(self, found: C) -> C:
        """The change and what it changes, locked, as they are now. Raises rules.UnderWay."""

    @abstractmethod
    def check_ground(self, held: C, *, at: datetime) -> None:
        """Raises rules.Refused when what it changes is not what it was when the change was prepared."""

    @abstractmethod
    def choose(self, held: C, reach: Reach, *, at: datetime) -> None:
        """Take this choice of due dates, where there is one. Raises rules.Refused."""

    @abstractmethod
    def work_out(self, held: C, *, by: "User", today: date, at: datetime) -> None:
        """Write down what it does, or leave that to a job."""

    @abstractmethod
    def taken_back(self, undone: C, *, by: "User", today: date, at: datetime) -> C:
        """A prepared change that takes this one back, with what that would do. What it changes is held."""

    @abstractmethod
    def compared(self, held: C, seen: str, *, today: date, at: datetime) -> Does | None:
        """What it does, if that is still what was seen; if not, None, and what it does now is kept in its place."""

    @abstractmethod
    def carry_out(self, held: C, does: Does, *, today: date, at: datetime) -> None:
        """Write what it decides, and the change itself. Raises rules.Refused."""
