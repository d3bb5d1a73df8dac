"""Which groups are too small to be told of, and which others give a small one away. Pure.

A group here is a set of people that a figure counts. Everybody's group is told as a whole, and the groups of single
requirements, which overlap in ways that the reader of the figures cannot see but may guess.
"""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def withheld(*, everybody: int, groups: Mapping[Key, int], least: int) -> frozenset[Key]:
    """The groups that must not be told of when everybody's size is; all of them when that is too small itself.

    1. A group of fewer than `least` people.
    2. A group beside which fewer than `least` people (but some) are left: they would be what it lacks of everybody.
    3. Were only one group left out, or several of fewer than `least` people together, it could be worked out from
       everybody's and the others' figures wherever the groups do not overlap. So the next smallest go with them,
       until at least two are left out and they have `least` people together.
    """
    if everybody < least:
        return frozenset(groups)
    hidden = {key for key, size in groups.items() if size < least or 0 < everybody - size < least}
    if not hidden:
        return frozenset()
    # By size, and where sizes are equal in the order given, so that the same figures hide the same groups.
    for key in sorted(groups, key=lambda key: groups[key]):
        if len(hidden) >= 2 and sum(groups[one] for one in hidden) >= least:
            break
        hidden.add(key)
    return frozenset(hidden)
