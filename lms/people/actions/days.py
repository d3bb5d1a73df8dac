"""Ending appointments, and keeping the first and the last day of a person as their affiliations say."""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Least

from lms.people.models import Affiliation

_REFRESH = """
UPDATE people_user AS u SET first_day_on = a.first, last_day_on = a.last
  FROM (SELECT user_id, min(starts_on) AS first,
               CASE WHEN bool_or(ends_on IS NULL) THEN NULL ELSE max(ends_on) END AS last
          FROM people_affiliation WHERE user_id = ANY(%(ids)s) GROUP BY user_id) AS a
 WHERE u.id = a.user_id AND (u.first_day_on, u.last_day_on) IS DISTINCT FROM (a.first, a.last)
"""


def end_appointments(*, affiliations: QuerySet[Affiliation], on: date) -> None:
    """Let these appointments end with the day `on`; one that had not begun by then is that one day long."""
    affiliations.update(starts_on=Least(F("starts_on"), on), ends_on=on)


def refresh_days(*, user_ids: Collection[int]) -> None:
    """Bring `first_day_on` and `last_day_on` of these people up to date; in the caller's transaction."""
    if user_ids:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, {"ids": list(user_ids)})
