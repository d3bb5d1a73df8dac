"""The job that lets expired takeouts go."""

from tenants import schedule

SWEEP = schedule.ScheduledJob(name="takeout.sweep", action="lms.takeout.actions.sweep")
