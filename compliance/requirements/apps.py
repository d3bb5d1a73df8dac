"""Registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

EQUIVALENCE_DEEDS = {
    "proposed": _("proposed that a course counts for another"),
    "approved": _("approved that a course counts for another"),
    "refused": _("refused that a course counts for another"),
    "withdrawn": _("withdrew the proposal that a course counts for another"),
    "ended": _("ended that a course counts for another"),
}


class RequirementsConfig(AppConfig):
    """Who must do what."""

    name = "compliance.requirements"
    label = "requirements"
    verbose_name = _("Requirements")

    def ready(self) -> None:
        """Register the deeds that are logged, and the entry in the navigation."""
        from compliance.requirements import handlers
        from lms.access.permissions import Permission
        from lms.audit import kinds
        from lms.people import events
        from lms.ui import navigation

        for asked, answer in (
            (events.group_use_asked, handlers.answer_group_use),
            (events.department_use_asked, handlers.answer_department_use),
            (events.field_use_asked, handlers.answer_field_use),
            (events.standing_asked, handlers.answer_standing),
        ):
            asked.connect(answer, dispatch_uid=f"requirements.{answer.__name__}")
        kinds.register("requirement.drafted", _("drafted the requirement"), administers=True)
        kinds.register("requirement.changed", _("changed the requirement"), administers=True)
        kinds.register(
            "requirement.basis_changed",
            _("changed owner, policy or laws of the requirement"),
            administers=True,
        )
        kinds.register("requirement.coverage_exported", _("exported which laws are answered"))
        kinds.register("requirement.discarded", _("discarded the draft"), administers=True)
        kinds.register("requirement.turned_on", _("turned on the requirement"), administers=True)
        kinds.register("requirement.resumed", _("turned on again the requirement"), administers=True)
        kinds.register("requirement.paused", _("paused the requirement"), administers=True)
        kinds.register("requirement.retired", _("retired the requirement"), administers=True)
        kinds.register(
            "requirement.stepped_back",
            _("brought back the earlier state of the requirement"),
            administers=True,
        )
        kinds.register("requirement.person_included", _("added a person by hand to"), administers=True)
        kinds.register("requirement.person_excluded", _("left out a person by hand of"), administers=True)
        kinds.register(
            "requirement.naming_ended", _("ended what was said by hand of a person in"), administers=True
        )
        kinds.register("requirement.holidays_changed", _("changed the list of holidays"), administers=True)
        for action, label in EQUIVALENCE_DEEDS.items():
            kinds.register(f"requirement.equivalence_{action}", label, administers=True)
        navigation.register(
            navigation.Entry(
                key="requirements",
                label=_("Requirements"),
                url_name="requirements:list",
                permission=Permission.REQUIREMENTS_VIEW,
                order=50,
            )
        )
