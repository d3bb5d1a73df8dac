"""Start a job, cancel it, and run what is open."""

from lms.jobs.actions.running import run_pending
from lms.jobs.actions.starting import cancel, start, start_once, stop_all

__all__ = ["cancel", "run_pending", "start", "start_once", "stop_all"]
