"""Where the takeouts of each tenant lie until they expire."""

import shutil
from pathlib import Path

from django.conf import settings


def folder_of(tenant_id: int) -> Path | None:
    """The folder of one tenant, which need not be there; None where no place for takeouts is set up (EXPORT_DIR)."""
    return Path(settings.EXPORT_DIR) / str(tenant_id) if settings.EXPORT_DIR else None


def forget(tenant_id: int) -> None:
    """Delete every takeout of a tenant, as its purge must. Repeating it changes nothing."""
    folder = folder_of(tenant_id)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
