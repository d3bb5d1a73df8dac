"""What the world holds of statements at the end of courses."""

from typing import Any


def signed(person: Any, *, canary: str) -> dict[str, str]:
    """One that the person signed, and a pass that waits for another; its id by name.

    The words hold no canary: their digest, which the database checks, would not be that of the twin's words.
    """
    from lms.catalog.tests.factories import make_version, text
    from lms.learning.tests import factories

    done, waits = (
        make_version(text("links"), key=key, title=f"Use {canary}", statement="I will.")
        for key in ("signed", "to-sign")
    )
    factories.complete(person, done)
    to_sign = factories.make_enrollment(person, waits)
    factories.read_all(to_sign, by=person)
    return {"to_sign": str(to_sign.public_id)}
