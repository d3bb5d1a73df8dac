"""The Celery app. Its beat schedule is one entry; see config/settings/queues.py."""

import os

from celery import Celery

from config import readiness  # noqa: F401  # connects its signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("duly")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tenants"])
