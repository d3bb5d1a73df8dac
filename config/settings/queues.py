"""Celery: wake-up calls over Redis (or a folder), JSON only, and one beat entry."""

from config import env

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "memory://")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"visibility_timeout": 3600}
if CELERY_BROKER_URL.startswith("filesystem://"):
    _FOLDER = env.text("CELERY_BROKER_FOLDER")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": f"{_FOLDER}/messages",
        "data_folder_out": f"{_FOLDER}/messages",
        "processed_folder": f"{_FOLDER}/processed",
        "control_folder": f"{_FOLDER}/control",
        "store_processed": False,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TIMEZONE = "UTC"
CELERY_TASK_PUBLISH_RETRY = False
TICK_SECONDS = env.number("TICK_SECONDS", 5)
CELERY_BEAT_SCHEDULE = {
    # A tick that waited longer than its period is stale: the next one sees the same rows.
    "tick": {"task": "tenants.tick", "schedule": float(TICK_SECONDS), "options": {"expires": TICK_SECONDS}},
}
