"""What is done to courses. Every action is one transaction."""

from lms.catalog.actions.importing import (
    Imported,
    add_starter_course,
    import_course,
    keep_upload,
    save_upload,
)
from lms.catalog.actions.publishing import publish, retire

__all__ = [
    "Imported",
    "add_starter_course",
    "import_course",
    "keep_upload",
    "publish",
    "retire",
    "save_upload",
]
