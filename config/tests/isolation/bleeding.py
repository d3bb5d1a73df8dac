"""A Celery app whose workers also know a job that misbehaves on request, and says where it ran.

Loaded by real worker processes: `celery -A config.tests.isolation.bleeding worker`. What one task is to do stands in
its message id: "<tenant id>:<number>:<deed>".
"""

# ruff: noqa: E402  # Django must be ready before its models are imported
import datetime as dt
import os
import signal

import django

django.setup()

from celery import current_task
from django.db import connection

from config.celery import app
from tenants import clock, context, schedule

JOB = schedule.ScheduledJob(name="isolation.write", action="config.tests.isolation.bleeding.write")
schedule.register(JOB)
__all__ = ["app"]


class Planned(Exception):
    """A task that was asked to fail."""


def write(*, at: dt.datetime, scheduled_for: dt.datetime) -> None:
    """Leave a row that says which message was worked on here, then do what it asks for."""
    _, number, deed = str(current_task.request.id).split(":")
    if deed == "drop":
        connection.connection.close()
    if deed == "kill" and _is_first_time(number):
        os.kill(os.getpid(), signal.SIGKILL)
    _leave_row()
    if deed == "fail":
        raise Planned


def _is_first_time(number: str) -> bool:
    path = os.path.join(os.environ["BLEEDING_FOLDER"], number)  # noqa: PTH118  # one string, made by us
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def _leave_row() -> None:
    from django.contrib.sessions.models import Session

    tenant = context.current_tenant()
    Session.objects.update_or_create(
        session_key=str(current_task.request.id).replace(":", "-")[:40],
        defaults={"session_data": str(tenant.id if tenant else None), "expire_date": clock.now()},
    )
