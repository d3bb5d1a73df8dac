"""Wires everything: settings, URLs, the Celery app. Nothing imports config but its own tests and commands."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
