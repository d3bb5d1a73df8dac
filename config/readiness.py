"""Worker and scheduler say when they are ready: they touch the file that READY_FILE names.

Who started them (a supervisor, a probe) looks for that file; web is asked at /readyz instead.
"""

import os
from pathlib import Path

from celery.signals import beat_init, worker_ready


@worker_ready.connect
@beat_init.connect
def say_ready(**kwargs: object) -> None:
    """Touch the file; without READY_FILE do nothing."""
    name = os.environ.get("READY_FILE")
    if name:
        Path(name).touch()
