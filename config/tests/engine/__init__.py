"""The database engine of the tests: the product's own, with the login of the process that the code stands for.

A test's facts and what several processes do with them lie in one transaction, so on one connection. In life each
process has a login of its own (deploy/postgres/roles.sql): so the session takes that login on, with SET SESSION
AUTHORIZATION, and may do exactly what it may do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_operating: ContextVar[bool] = ContextVar("is_operating", default=False)


def is_operating() -> bool:
    """Whether what runs now runs as in the operators' process; else as in web, workers and commands."""
    return _is_operating.get()


@contextmanager
def operators_login(is_operating: bool = True) -> Iterator[None]:
    """Run as the login of the operator console; with False, inside such a block, as the app's again."""
    token = _is_operating.set(is_operating)
    try:
        yield
    finally:
        _is_operating.reset(token)
