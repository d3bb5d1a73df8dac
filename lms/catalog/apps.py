"""The catalog app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """What can be learned."""

    name = "lms.catalog"
    label = "catalog"
    verbose_name = _("Courses")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.access.permissions import Permission
        from lms.audit import kinds
        from lms.ui import navigation

        kinds.register("course.imported", _("saved a draft of"), administers=True)
        kinds.register("course.published", _("published"), administers=True)
        kinds.register("course.retired", _("retired"), administers=True)
        navigation.register(
            navigation.Entry(
                key="courses",
                label=_("Courses"),
                url_name="catalog:course-list",
                permission=Permission.COURSES_VIEW,
                order=40,
            )
        )
