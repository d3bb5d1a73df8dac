"""One of every kind of proof, and its files, for the world that the tests of isolation look at."""

import datetime as dt
from collections.abc import Callable
from typing import Any


def proof(
    world: Any, requirement: Any, waiver: Any, extension: Any, *, at: dt.datetime, canary: Callable[[], str]
) -> None:
    """Proof that was not accepted, what Dee sent instead, a file of everything that can have one, and the aim."""
    from compliance.evidence.models import Evidence, EvidenceFile, EvidenceReading, ReviewAim

    said = {
        "user": world.dee, "requirement": requirement, "title": canary(), "issuer": canary(), "note": canary(),
        "completed_on": at.date(), "sent_at": at,
    }  # fmt: skip
    rejected = Evidence.objects.create(
        **said, state="rejected", reject_reason="no_date", decided_by=world.ada, decided_at=at
    )
    newer = Evidence.objects.create(**said, replaces=rejected)
    for of in ({"evidence": newer}, {"evidence": rejected}, {"waiver": waiver}, {"extension": extension}):
        file = EvidenceFile.objects.create(
            **of, user=world.dee, sent_by=world.dee, sent_at=at, name=f"{canary()}.pdf",
            content_type="application/pdf", size=9, sha256=canary(), content=f"%PDF {canary()}".encode(),
        )  # fmt: skip
        EvidenceReading.objects.create(file=file, state="read", days=[[at.date().isoformat()]], read_at=at)
        world.ids.setdefault("file", str(file.public_id))
    ReviewAim.objects.create(days=7)
    world.ids.update(evidence=str(newer.public_id), rejected=str(rejected.public_id))
