"""The learning app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    """What people did with courses."""

    name = "lms.learning"
    label = "learning"
    verbose_name = _("Learning")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.audit import kinds
        from lms.learning import handlers
        from lms.people import events

        events.standing_asked.connect(handlers.answer_standing, dispatch_uid="learning.answer_standing")
        kinds.register("course.completed", _("completed"))
