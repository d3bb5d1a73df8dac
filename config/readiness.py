"""Worker and scheduler say when they are ready: they touch the file that READY_FILE names.

Who started them (a supervisor, a probe) looks for that file; web is asked at /readyz instead. A worker whose login is
too strong never gets so far.
"""

import os
from pathlib import Path

from celery.signals import beat_init, worker_init, worker_ready
from django.db import connections

from config import start


@worker_ready.connect
@beat_init.connect
def say_ready(**kwargs: object) -> None:
    """Touch the file; without READY_FILE do nothing."""
    name = os.environ.get("READY_FILE")
    if name:
        Path(name).touch()


@worker_init.connect
def refuse_unless_safe(**kwargs: object) -> None:
    """Before the first job, as web does before the first request."""
    try:
        start.refuse_unless_safe()
    finally:
        connections.close_all()  # the processes that do the work are forked from this one
