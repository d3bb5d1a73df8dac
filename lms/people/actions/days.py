"""Ending appointments, and keeping the first and the last day of a person as their affiliations say.

Of whom a roster called off before they came, the last day is the one before that: they count as having left.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from lms.people.models import Affiliation, User

_REFRESH = """
UPDATE people_user AS u SET first_day_on = a.first, last_day_on = a.last
  FROM (SELECT user_id, min(starts_on) AS first,
               CASE WHEN bool_or(ends_on IS NULL) THEN NULL ELSE max(ends_on) END AS last
          FROM people_affiliation WHERE user_id = ANY(%(ids)s) GROUP BY user_id) AS a
 WHERE u.id = a.user_id AND (u.first_day_on, u.last_day_on) IS DISTINCT FROM (a.first, a.last)
"""


def end_appointments(*, affiliations: QuerySet[Affiliation], on: date) -> None:
    """Let these appointments end with the day `on`, in the caller's transaction; those that begin later are taken out.

    Whoever had nothing but such a one never came: they count as having left the day before, until they are appointed.
    """
    to_come = affiliations.filter(starts_on__gt=on)
    expected = list(to_come.values_list("user_id", flat=True))
    to_come.delete()
    affiliations.update(ends_on=on)
    never_came = ~Exists(Affiliation.objects.filter(user=OuterRef("pk")))
    left_on = on - timedelta(days=1)
    User.objects.filter(never_came, pk__in=expected).update(first_day_on=None, last_day_on=left_on)


def refresh_days(*, user_ids: Collection[int]) -> None:
    """Bring the first and the last day of these people up to date, in the caller's transaction.

    Those of people without any appointment stay as they are.
    """
    if user_ids:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, {"ids": list(user_ids)})
