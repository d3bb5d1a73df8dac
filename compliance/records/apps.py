"""Registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """Who has which requirement, and who complied."""

    name = "compliance.records"
    label = "records"
    verbose_name = _("Records")
