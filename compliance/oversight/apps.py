"""The oversight app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

PAGES_OF_SHARING = (
    "oversight:sites",
    "oversight:site",
    "oversight:site-invite",
    "oversight:site-invitation",
    "oversight:given",
    "oversight:given-detail",
    "oversight:sharing-end",
)

PAGES_OF_REQUESTS = (
    "oversight:requests",
    "oversight:request",
    "oversight:waiver-new",
    "oversight:extension-new",
    "oversight:waiver-end",
    "oversight:exemption-new",
    "oversight:exemption-end",
    "oversight:exemption-review",
    "oversight:many",
    "oversight:many-waivers",
    "oversight:many-exemptions",
    "oversight:many-extensions",
    "oversight:many-certifications",
    "oversight:many-undo",
    "oversight:certify",
    "oversight:revoke",
    "oversight:restore",
)


class OversightConfig(AppConfig):
    """Home, overview, and the people behind each figure."""

    name = "compliance.oversight"
    label = "oversight"
    verbose_name = _("Oversight")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from compliance.oversight import subscriptions
        from lms.access.permissions import Permission
        from lms.audit import kinds as audit_kinds
        from lms.ui import navigation

        subscriptions.connect()
        audit_kinds.register("oversight.people_exported", _("exported people and their standing"))
        audit_kinds.register("oversight.completions_exported", _("exported completions"))
        audit_kinds.register("oversight.signed_exported", _("exported signed statements"))
        audit_kinds.register("oversight.restatement_exported", _("exported a restatement"))
        navigation.register(
            navigation.Entry(
                key="home",
                label=_("My training"),
                url_name="oversight:home",
                order=10,
                pages=("oversight:status",),
                also=("learning",),
            )
        )
        _register_sharing()
        _register_events()
        navigation.register(
            navigation.Entry(
                key="overview",
                label=_("Overview"),
                url_name="oversight:overview",
                permission=Permission.REPORTS_VIEW,
                is_scoped=True,
                order=20,
                also=("reminders",),
            )
        )
        navigation.register(
            navigation.Entry(
                key="requests",
                label=_("Requests"),
                url_name="oversight:requests",
                permission=Permission.WAIVERS_VIEW,
                is_scoped=True,
                order=55,
                pages=PAGES_OF_REQUESTS,
            )
        )


def _register_events() -> None:
    """The ways to the events that ask for training again, and to the keys of other systems."""
    from lms.access.permissions import Permission
    from lms.ui import navigation

    navigation.register(
        navigation.Entry(
            key="events",
            label=_("Events"),
            url_name="oversight:events",
            permission=Permission.REQUIREMENTS_VIEW,
            order=56,
            pages=("oversight:event", "oversight:event-new", "oversight:event-draft", "oversight:event-end"),
        )
    )
    navigation.register(
        navigation.Entry(
            key="extension_limit",
            label=_("How far departments extend"),
            url_name="oversight:extension-limit",
            permission=Permission.SETTINGS_CHANGE,
            order=19,
            area="user",
            icon="calendar",
            pages=("oversight:extension-limit",),
        )
    )
    navigation.register(
        navigation.Entry(
            key="counting",
            label=_("How compliance is counted"),
            url_name="oversight:counting",
            permission=Permission.REQUIREMENTS_VIEW,
            order=21,
            area="user",
            icon="shield",
        )
    )
    navigation.register(
        navigation.Entry(
            key="access_keys",
            label=_("Access keys"),
            url_name="oversight:keys",
            permission=Permission.SETTINGS_CHANGE,
            order=17,
            area="user",
            icon="lock",
        )
    )


def _register_sharing() -> None:
    """The job that shares figures, the way to its pages, and what both sites are told of an agreement."""
    from compliance.oversight import words
    from lms.access.permissions import Permission
    from lms.audit import kinds as audit_kinds
    from lms.site import kinds as site_kinds
    from lms.ui import navigation
    from tenants import schedule

    schedule.register(
        schedule.ScheduledJob(name="oversight.share", action="compliance.oversight.actions.share_figures")
    )
    for kind in words.EVENTS:
        site_kinds.register(kind)
        audit_kinds.register(f"site.{kind.key}", kind.deed)
    navigation.register(
        navigation.Entry(
            key="sharing",
            label=_("Sharing between sites"),
            url_name="oversight:sharing",
            permission=Permission.SHARING_VIEW,
            order=16,
            area="user",
            icon="building",
            pages=PAGES_OF_SHARING,
        )
    )
