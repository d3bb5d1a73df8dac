"""Registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HistoryConfig(AppConfig):
    """What was believed when, and the figures of any day as they were known on any later one."""

    name = "compliance.history"
    label = "history"
    verbose_name = _("History")
