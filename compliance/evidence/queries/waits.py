"""How long a review takes: from what was reviewed, never from what was promised."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from compliance.core import evidence as core
from compliance.evidence.enums import EvidenceState
from compliance.evidence.models import Evidence
from compliance.evidence.queries.aim import review_aim
from compliance.requirements import queries as requirements
from tenants import clock

MIN_REVIEWS = 5
_LOOKED_AT = 200
_SINCE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Waits:
    """Of the last reviews, half took `half` working days or less and nine of ten `most`; None: too few to say.

    `target` is the aim in working days, `ahead` how many wait at the moment.
    """

    target: int
    ahead: int
    reviewed: int
    half: int | None
    most: int | None


def waits(at: datetime, before: Evidence | None = None) -> Waits:
    """The figures of the last 200 reviews of half a year. `before`: only what waits longer than that one is ahead."""
    decided = (
        Evidence.objects.filter(
            state__in=[EvidenceState.ACCEPTED, EvidenceState.REJECTED], decided_at__gte=at - _SINCE
        )
        .order_by("-decided_at")
        .values_list("sent_at", "decided_at")[:_LOOKED_AT]
    )
    calendar = requirements.working_calendar()
    took = sorted(
        core.working_days(clock.today(sent), clock.today(done), calendar)
        for sent, done in decided
        if done is not None
    )
    ahead = Evidence.objects.filter(state=EvidenceState.WAITING)
    if before is not None:
        ahead = ahead.filter(sent_at__lt=before.sent_at)
    known = len(took) >= MIN_REVIEWS
    return Waits(
        target=review_aim(),
        ahead=ahead.count(),
        reviewed=len(took),
        half=_share(took, 50) if known else None,
        most=_share(took, 90) if known else None,
    )


def target_of(evidence: Evidence) -> date:
    """The last day on which its review is in time."""
    sent_on = clock.today(evidence.sent_at)
    return core.target_day(sent_on, review_aim(), requirements.working_calendar())


def _share(took: list[int], percent: int) -> int:
    """The smallest number that at least so many of a hundred stay within."""
    return took[-(-len(took) * percent // 100) - 1]
