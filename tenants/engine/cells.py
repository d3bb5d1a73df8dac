"""One Django connection over several databases: the cell of the scope in force decides which.

Django knows one alias, `default`; tenants that were moved live in other databases (settings.DATABASE_CELLS). The
connections not in use are parked with what Django remembers of each. A transaction never spans two of them.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.utils import OperationalError

from tenants import context

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper as Base
else:
    Base = object

# What Django keeps on a wrapper about the one connection it holds.
_STATE = (
    "connection",
    "settings_dict",
    "autocommit",
    "close_at",
    "closed_in_transaction",
    "errors_occurred",
    "health_check_enabled",
    "health_check_done",
    "_applied",
)
_ADDRESS = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


class TwoDatabases(Exception):
    """A transaction in one database was about to touch another. Commit the one before you enter the other."""


class NotListed(OperationalError):
    """The database of this cell cannot be reached from here: it is not in the process's cluster list."""


class Cells(Base):
    """Mixed into the database wrapper: sits down in the cell of the scope before anything is sent."""

    _cell: str = context.HOME
    _parked: dict[str, dict[str, Any]] | None = None

    def ensure_connection(self) -> None:
        self._sit()
        super().ensure_connection()

    def close_if_health_check_failed(self) -> None:
        self._sit()
        super().close_if_health_check_failed()

    def close_if_unusable_or_obsolete(self) -> None:
        super().close_if_unusable_or_obsolete()
        here = self._cell
        for cell in list(self._parked or {}):
            self._change_to(cell)
            super().close_if_unusable_or_obsolete()
        self._change_to(here)

    def close(self) -> None:
        """Close the connections to all cells; within a transaction there is only the one it runs in."""
        if self._parked and not self.in_atomic_block:
            here = self._cell
            for cell in list(self._parked):
                self._change_to(cell)
                super().close()
            self._change_to(here)
        super().close()

    def _sit(self) -> None:
        scope = context.scope()
        wanted = scope.cell if scope else None
        if wanted is None or wanted == self._cell or self.alias != "default":
            return
        if self.in_atomic_block or not (self.connection is None or self.autocommit):
            raise TwoDatabases(
                f"A transaction in the database {self._cell!r} was about to touch {wanted!r}. "
                "Nothing of it was done there."
            )
        parked = (self._parked or {}).get(wanted)
        if parked and parked["connection"] is None and wanted != context.HOME:
            # Nothing to go back to: begin anew, from the cluster list as it is now.
            self._parked = {cell: state for cell, state in (self._parked or {}).items() if cell != wanted}
        self._change_to(wanted)

    def _change_to(self, cell: str) -> None:
        if cell == self._cell:
            return
        if self._parked is None:
            self._parked = {}
        state = self._parked.pop(cell, None) or self._new_state(cell)
        here = {name: getattr(self, name) for name in _STATE}
        self._parked[self._cell] = here
        for name, value in state.items():
            setattr(self, name, value)
        self._cell = cell

    def _new_state(self, cell: str) -> dict[str, Any]:
        if cell not in settings.DATABASE_CELLS:
            raise NotListed(f"This process is not told of the database {cell!r} (DATABASE_CELLS).")
        address = settings.DATABASE_CELLS[cell]
        return {
            "connection": None,
            "settings_dict": {**self.settings_dict, **{name: address[name] for name in _ADDRESS}},
            "autocommit": False,
            "close_at": None,
            "closed_in_transaction": False,
            "errors_occurred": False,
            "health_check_enabled": False,
            "health_check_done": False,
            "_applied": None,
        }
