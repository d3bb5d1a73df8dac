"""One turn of the clockwork over 2,000 tenants of which none is due."""

from __future__ import annotations

from dataclasses import replace

from bench import crowd
from bench.measure import Result, compare
from bench.world import World

PROBE = "SELECT id FROM public.tenants_duework WHERE is_enabled AND next_run_at <= now() LIMIT 1"


def run(world: World) -> list[Result]:
    """Both sides over Django connections of this process, so that the difference is what a turn asks for."""
    from django.db import connection, connections
    from django.test.utils import CaptureQueriesContext

    from tenants import clock, clockwork, context
    from tenants.models import DueWork, WakeUp

    number = crowd.rows_only(crowd.MANY)
    with context.public_schema():
        # What other benchmarks and the mail of sign-ups have left due is not asked about here.
        clockwork.run_everything_due(at=clock.now())
        WakeUp.objects.filter(due_at__lte=clock.now()).delete()
        rows = DueWork.objects.count()

    def turn() -> None:
        with context.public_schema():
            if clockwork.claim_due(at=clock.now()):
                raise RuntimeError("Something is due; the turn was to find nothing.")

    def probe() -> None:
        with connections["floor"].cursor() as cursor:
            cursor.execute(PROBE)
            cursor.fetchall()

    with CaptureQueriesContext(connection) as captured:
        turn()
    result = compare(
        "clockwork-idle",
        ours=turn,
        floor=probe,
        floor_is="one indexed SELECT of the first row due",
        rounds=200,
    )
    note = (
        f"{number:,} tenants (rows only) with {rows:,} daily jobs, none due: "
        f"{len(captured)} statement(s), no tenant visited."
    )
    return [replace(result, note=note)]
