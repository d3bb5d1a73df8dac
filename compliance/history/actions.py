"""Telling the database that a story is being told."""

from datetime import datetime

from django.db import connection


def recorded_at(at: datetime) -> None:
    """Let what is written in the rest of this transaction count as recorded at that moment (UTC).

    For whoever tells of the past as if it were happening: the demo, tests. In life nobody calls this, and the time is
    that of the database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('duly.recorded_at', %s, true)", [at.isoformat()])
