"""The app of the shared tables."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import (
            checks,  # noqa: F401  registers the checks
            ended_sessions,
            health,
            public_mail,
            schedule,
        )
        from tenants.addressing import domains
        from tenants.closing import purge
        from tenants.integrity import actions as integrity
        from tenants.lifecycle import telling, turn
        from tenants.management import gate
        from tenants.moving import actions as moving
        from tenants.portability import nightly, retiring, swapping
        from tenants.provisioning import actions as provisioning
        from tenants.provisioning import orphans, pool
        from tenants.support import actions as support

        gate.close()
        orphans.register_keeper(retiring.in_use)
        orphans.register_keeper(moving.left_behind)
        schedule.register(public_mail.JOB)
        schedule.register(provisioning.JOB)
        schedule.register(swapping.DROP_JOB)
        schedule.register(telling.JOB)
        schedule.register(moving.JOB)
        schedule.register(turn.JOB)
        schedule.register(domains.JOB)
        schedule.register(purge.JOB)
        schedule.register(pool.JOB)
        schedule.register(integrity.JOB)
        schedule.register(support.JOB)
        schedule.register(health.JOB)
        schedule.register(ended_sessions.JOB)
        schedule.register(nightly.JOB)
