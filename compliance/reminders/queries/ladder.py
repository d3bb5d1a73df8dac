"""The ladder of every open cycle as one SQL text, shared by the plan, the forecast and the preview.

It is the set-based twin of `compliance.core.ladder`; a property test holds the two together. SQL because a
turn over thousands of people is one statement of milliseconds here and minutes as a loop. It reads the tables
of `records`, `requirements` and `people`, and writes none of them.
"""

from datetime import date

from django.db import connection

# Cycles somebody may be reminded of on %(today)s: open, in force, the person here and not on leave.
WANTED_CYCLES = """
wanted_cycle AS (
    SELECT r.id AS record_id, r.user_id, r.requirement_id, r.cycle, r.due_on,
           GREATEST(a.assigned_on, r.window_opens_on) AS opens_on,
           q.remind_before, q.remind_after_every, q.remind_after_max, q.rungs
      FROM records_compliancerecord r
      JOIN records_assignment a ON a.id = r.assignment_id AND a.status = 'active'
      JOIN requirements_requirement q ON q.id = r.requirement_id AND q.state = 'active'
      JOIN people_user u ON u.id = r.user_id AND u.is_active
       AND (u.first_day_on IS NULL OR u.first_day_on <= %(today)s)
       AND (u.last_day_on IS NULL OR u.last_day_on >= %(today)s)
     WHERE r.completed_at IS NULL AND r.closed_at IS NULL
       AND NOT EXISTS (SELECT FROM people_leave l
                        WHERE l.user_id = r.user_id AND l.starts_on <= %(today)s
                          AND (l.ends_on IS NULL OR l.ends_on >= %(today)s))
)
"""

# Every step of those cycles. A step never falls before the day the window opens; `offset_days` is relative to
# the due date and decides, with "assigned" winning, between steps of one day.
STEPS = """
step AS (
    SELECT record_id, user_id, due_on, 'assigned' AS kind, 0 AS step, opens_on AS planned_on, 0 AS offset_days
      FROM wanted_cycle WHERE cycle = 1
     UNION ALL
    SELECT DISTINCT record_id, user_id, due_on, 'before', days::int,
           GREATEST(due_on - days::int, opens_on), -days::int
      FROM wanted_cycle CROSS JOIN LATERAL jsonb_array_elements_text(remind_before) AS days
     WHERE days::int > 0
     UNION ALL
    SELECT record_id, user_id, due_on, 'due', 0, GREATEST(due_on, opens_on), 0
      FROM wanted_cycle
     UNION ALL
    SELECT record_id, user_id, due_on, 'after', nth * remind_after_every,
           GREATEST(due_on + nth * remind_after_every, opens_on), nth * remind_after_every
      FROM wanted_cycle CROSS JOIN LATERAL generate_series(1, remind_after_max) AS nth
     WHERE remind_after_every > 0
)
"""

# Steps whose day has come by %(until)s; `age` 1 is the newest of each cycle, the only one still worth saying.
DUE_STEPS = """
due_step AS (
    SELECT step.*, row_number() OVER (
               PARTITION BY record_id
               ORDER BY planned_on DESC, (kind = 'assigned') DESC, offset_days DESC) AS age
      FROM step WHERE planned_on <= %(until)s
)
"""


def statement(*tables: str, then: str) -> str:
    """One SQL statement: the named tables in their order, then what is done with them."""
    return f"WITH {', '.join(tables)} {then}"


REACHED_STEPS = statement(
    WANTED_CYCLES,
    STEPS,
    DUE_STEPS,
    then="SELECT record_id, kind, step, planned_on, age = 1 FROM due_step ORDER BY 1, 4, 2, 3",
)


def reached_steps(*, today: date, until: date) -> list[tuple[int, str, int, date, bool]]:
    """Each step reached by `until`: record id, kind, step, its day, and whether it is its cycle's newest."""
    with connection.cursor() as cursor:
        cursor.execute(REACHED_STEPS, {"today": today, "until": until})
        return list(cursor.fetchall())
