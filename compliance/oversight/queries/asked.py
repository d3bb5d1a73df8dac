"""Requests for waivers, exemptions and extensions, as the queue lists them."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from compliance.records import queries as records
from lms.people.queries import Reach


def chosen_requests(
    *, kind: str, reach: Reach, viewer_id: int, state: str | None, search: str, review_by: date | None = None
) -> QuerySet[Any]:
    """The requests of a kind about people within reach, waiting ones first; without those kept from the viewer.

    `review_by`: of exemptions only those that are to be looked at again by that day.
    """
    rows = records.asked(kind, user_ids=None if reach.is_everyone else reach.user_ids)
    if kind in records.CERTIFYING:
        rows = records.without_kept(rows, viewer_id)
    if state is not None:
        rows = rows.filter(state=state)
    if review_by is not None and kind == "exemptions":
        rows = rows.filter(pk__in=records.up_for_review(review_by).order_by().values("pk"))
    if not search:
        rows = records.one_a_batch(rows)
    for word in search.split()[:6]:
        mentions = Q()
        for name in ("given_name", "family_name", "preferred_name", "email", "external_id"):
            mentions |= Q(**{f"user__{name}__icontains": word})
        rows = rows.filter(mentions)
    return rows
