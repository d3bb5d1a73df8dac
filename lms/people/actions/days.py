"""Keeping the first and the last day of a person as their affiliations say."""

from collections.abc import Collection

from django.db import connection

_REFRESH = """
UPDATE people_user AS u SET first_day_on = a.first, last_day_on = a.last
  FROM (SELECT user_id, min(starts_on) AS first,
               CASE WHEN bool_or(ends_on IS NULL) THEN NULL ELSE max(ends_on) END AS last
          FROM people_affiliation WHERE user_id = ANY(%(ids)s) GROUP BY user_id) AS a
 WHERE u.id = a.user_id AND (u.first_day_on, u.last_day_on) IS DISTINCT FROM (a.first, a.last)
"""


def refresh_days(*, user_ids: Collection[int]) -> None:
    """Bring `first_day_on` and `last_day_on` of these people up to date; in the caller's transaction."""
    if user_ids:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, {"ids": list(user_ids)})
