"""Trying a change of facts out: it is written as it would be, the facts are read, and everything is taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import transaction

from lms.people import queries
from lms.people.kinds import Turned
from lms.people.queries import PersonFacts


def turned(after: list[PersonFacts], *, is_absent: bool) -> list[Turned]:
    """Those of them whose facts are others now than they would be (`after`)."""
    return differing(
        queries.person_facts(user_ids=[one.user_id for one in after]), after, is_absent=is_absent
    )


def differing(
    before: list[PersonFacts], after: list[PersonFacts], *, is_absent: bool = False
) -> list[Turned]:
    """Those of `after` whose facts are others than they were."""
    known = {one.user_id: one for one in before}
    pairs = [(known.get(one.user_id), one) for one in after]
    return [Turned(was, one, is_absent) for was, one in pairs if was is None or _owing(was) != _owing(one)]


def _owing(facts: PersonFacts) -> PersonFacts:
    """The facts without what nobody owes anything for: names."""
    return replace(facts, name="", email="")


@contextmanager
def tried() -> Iterator[None]:
    """What is written inside is taken back at the end, and with it every lock."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
