"""Look first, then save: an edit by hand is saved only if what follows from it for training is what somebody saw.

The edit is written as it is, looked at, and taken back unless it may stand, all in one transaction: what is looked at
and what is saved cannot differ.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from lms.people import queries
from lms.people.kinds import Follows
from lms.people.models import User
from lms.people.trial import differing, tried

Made = TypeVar("Made")


class ToSee(Exception):
    """Something follows from the edit that was not seen yet; nothing was saved.

    `is_stale`: something was seen, and it would do something else now. `takes_two`: somebody else has to agree to it.
    """

    def __init__(self, follows: Follows, *, is_stale: bool, takes_two: bool = False) -> None:
        super().__init__(follows.digest)
        self.follows, self.is_stale, self.takes_two = follows, is_stale, takes_two


class TakesTwo(Exception):
    """It was seen, and concerns so many that somebody else has to agree; nothing was saved."""

    def __init__(self, follows: Follows) -> None:
        super().__init__(follows.digest)
        self.follows = follows


def save_seen(
    write: Callable[[], Made],
    *,
    people: Collection[int],
    seen: str | None,
    at: datetime,
    others: Collection[User] = (),
    adds: Callable[[Made], int] | None = None,
) -> Made:
    """Save what `write` writes about these people, and answer what it answers. `adds`: whom of it is new, by id.

    `seen` is the digest of what follows as it was on the screen; empty: it said that nothing does; None: nothing was
    said. Where nothing follows for anybody nothing need be seen. `others` are those who could agree, where one alone
    may not save what concerns many; nobody: one may. Raises ToSee, TakesTwo, and what `write` raises.
    """
    with transaction.atomic():
        # Two edits of one person come one after the other, so that the second is judged by what the first left.
        _hold(people)
        before = queries.person_facts(user_ids=people)
        made = write()
        after = queries.person_facts(user_ids=[*people, adds(made)] if adds else people)
        turned = differing(before, after)
        if turned:
            follows: Follows = import_string(settings.FACTS_OUTLOOK)(turned, at=at)
            takes_two = bool(others) and follows.is_beyond_one
            if follows.digest != seen if seen else follows.people:
                raise ToSee(follows, is_stale=seen is not None, takes_two=takes_two)
            if takes_two:
                raise TakesTwo(follows)
    return made


def look(write: Callable[[], object], *, people: Collection[int], at: datetime) -> Follows | None:
    """What would follow; None when nothing would. Leaves no trace; raises what `write` raises."""
    try:
        with tried():
            save_seen(write, people=people, seen=None, at=at)
    except ToSee as shown:
        return shown.follows
    return None


def _hold(people: Collection[int]) -> None:
    """Without the key: rows that only point to these people are written meanwhile."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=list(people)).order_by("pk")
    list(rows.values_list("pk", flat=True))
