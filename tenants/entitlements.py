"""What each plan includes. Pure data; None is without limit.

Isolation is not here: every plan has the same schema, role and rights. A trial is large enough to try the whole
thing with a real roster, and too small to run a university for nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What a tenant may have: active people, courses, lines of one roster file, e-mails in 24 hours, room
    for files (megabytes), files at all.

    Mail of sign-in and account is neither counted nor held back.
    """

    people: int | None
    courses: int | None
    roster_rows: int | None
    emails_a_day: int | None
    file_megabytes: int | None
    uploads: bool = True


PLANS: dict[str, Entitlements] = {
    "trial": Entitlements(
        people=5_000, courses=20, roster_rows=10_000, emails_a_day=10_000, file_megabytes=500
    ),
    "standard": Entitlements(
        people=60_000, courses=500, roster_rows=100_000, emails_a_day=150_000, file_megabytes=20_000
    ),
    "unlimited": Entitlements(
        people=None, courses=None, roster_rows=None, emails_a_day=None, file_megabytes=None
    ),
}


class BadOverride(ValueError):
    """What an operator wanted to set is no limit of ours, or no value for it."""


def of(plan: str, overrides: Mapping[str, object]) -> Entitlements:
    """What a tenant of this plan may have, with what the operator set for it alone. Raises `BadOverride`."""
    return replace(PLANS[plan], **checked(overrides))  # type: ignore[arg-type]


def checked(overrides: Mapping[str, object]) -> dict[str, int | bool | None]:
    """The overrides, if each names a limit and has a value of its kind. Raises `BadOverride` with a sentence."""
    known = asdict(PLANS["unlimited"])
    found: dict[str, int | bool | None] = {}
    for name, value in overrides.items():
        if name not in known:
            raise BadOverride(f"There is no limit {name!r}. There are: {', '.join(known)}.")
        if name == "uploads":
            if not isinstance(value, bool):
                raise BadOverride("uploads is true or false.")
            found[name] = value
        elif value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            found[name] = value
        else:
            raise BadOverride(
                f"{name} is a whole number from 0 on, or null for no limit; {value!r} is neither."
            )
    return found
