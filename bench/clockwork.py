"""One turn of the clockwork over 100 tenants of which 3 have something due."""

from __future__ import annotations

from bench.measure import Result, compare
from bench.world import World, make_tenant

TENANTS = 100
DUE = 3
JOB = "mail.outbox"

CLAIM = """
    UPDATE public.tenants_wakeup SET lease_until = now() + interval '30 s' WHERE id IN (
        SELECT id FROM public.tenants_wakeup WHERE due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
        ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED)
    RETURNING id, tenant_id
"""


def run(world: World) -> list[Result]:
    """Both sides start from the same three rows, written outside the clocked part."""
    from tenants import clock, clockwork

    refs = {ref.id: ref for ref in (make_tenant(world, f"clock-{number}") for number in range(TENANTS))}
    chosen = list(refs)[:: TENANTS // DUE][:DUE]
    with world.owner() as connection:

        def plant() -> None:
            connection.execute("DELETE FROM public.tenants_wakeup")
            for tenant_id in chosen:
                connection.execute(
                    "INSERT INTO public.tenants_wakeup (tenant_id, job, due_at, attempts, last_error) "
                    "VALUES (%s, %s, now() - interval '1 s', 0, '')",
                    [tenant_id, JOB],
                )

        def least() -> None:
            for wake_up, tenant_id in connection.execute(CLAIM).fetchall():
                with connection.transaction():
                    schema = refs[int(str(tenant_id))].schema_name
                    connection.execute(f"SET LOCAL search_path = {schema}".encode())
                    connection.execute("SELECT count(*) FROM mail_message WHERE id < 0")
                connection.execute("DELETE FROM public.tenants_wakeup WHERE id = %s", [wake_up])

        def turn() -> None:
            clockwork.run_everything_due(at=clock.now())

        return [
            compare(
                "clockwork",
                ours=turn,
                floor=least,
                before=plant,
                floor_is="claiming the 3 due rows of 100 tenants in one statement, then one query in each of 3 schemas",
                rounds=40,
            )
        ]
