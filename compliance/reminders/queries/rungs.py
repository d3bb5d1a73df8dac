"""The rungs of every open cycle as one SQL text, shared by the plan, the letters and the forecast.

It is the set-based twin of `compliance.core.escalation.climb`, and stands on the cycles of `ladder`: of whom is not
reminded (done, away, excused, at rest) nobody is told either. A property test holds the two together.
"""

from datetime import date

from django.db import connection

from .ladder import WANTED_CYCLES, statement

RUNGS = """
rung AS (
    SELECT w.record_id, w.user_id, w.requirement_id, w.due_on, (each ->> 'days')::int AS days, each ->> 'to' AS told_to,
           GREATEST(w.due_on + (each ->> 'days')::int, w.opens_on) AS planned_on
      FROM wanted_cycle w CROSS JOIN LATERAL jsonb_array_elements(w.rungs) AS each
)
"""

# Rungs whose day has come by %(until)s; `age` 1 is the highest of each cycle, the only one still worth telling of.
DUE_RUNGS = """
due_rung AS (
    SELECT rung.*, row_number() OVER (PARTITION BY record_id ORDER BY planned_on DESC, days DESC) AS age
      FROM rung WHERE planned_on <= %(until)s
)
"""

# What was passed over and whose due date has moved to later since, while nothing higher of its cycle was told.
ANEW = """
anew AS (
    SELECT e.id FROM reminders_escalation e JOIN rung ON rung.record_id = e.record_id AND rung.days = e.days
     WHERE e.state = 'superseded' AND e.planned_on < rung.planned_on
       AND NOT EXISTS (SELECT FROM reminders_escalation t
                        WHERE t.record_id = e.record_id AND t.days > e.days AND t.state IN ('told', 'nobody'))
)
"""

REACHED_RUNGS = statement(
    WANTED_CYCLES,
    RUNGS,
    DUE_RUNGS,
    then="SELECT record_id, days, told_to, planned_on, age = 1 FROM due_rung ORDER BY 1, 4, 2",
)


def reached_rungs(*, today: date, until: date) -> list[tuple[int, int, str, date, bool]]:
    """Each rung reached by `until`: record id, days, to whom, its day, and whether it is its cycle's highest."""
    with connection.cursor() as cursor:
        cursor.execute(REACHED_RUNGS, {"today": today, "until": until})
        return list(cursor.fetchall())
