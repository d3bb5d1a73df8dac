"""The site app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """The site as a whole: no tables of its own."""

    name = "lms.site"
    label = "site"
    verbose_name = _("Site")

    def ready(self) -> None:
        """Register what can happen, the letter about it and the way to the pages; listen."""
        from lms.access.permissions import Permission
        from lms.mail import kinds as mail_kinds
        from lms.mail.enums import Category
        from lms.site import subscriptions
        from lms.ui import navigation

        _register_events()
        mail_kinds.register(
            mail_kinds.MessageKind(
                "site.event", Category.ACCOUNT, _("About your site"), context="lms.site.messages.event"
            )
        )
        navigation.register(
            navigation.Entry(
                key="site",
                label=_("Site settings"),
                url_name="site:overview",
                permission=Permission.SETTINGS_CHANGE,
                order=15,
                area="user",
                icon="settings",
            )
        )
        subscriptions.connect()


def _register_events() -> None:
    from lms.audit import kinds as audit_kinds
    from lms.site import kinds, rules
    from lms.site.enums import Audience

    for kind in (
        kinds.EventKind(
            "status.changed",
            _("changed the status of the site"),
            _("The status of your site has changed"),
            rules.status_sentences,
            rules.status_audience,
        ),
        kinds.EventKind(
            "trial.extended",
            _("extended the trial"),
            _("The trial of your site was extended"),
            rules.trial_extended,
        ),
        kinds.EventKind(
            "trial.ending",
            _("announced the end of the trial"),
            _("The trial of your site is about to end"),
            rules.trial_ending,
            Audience.OWNERS,
        ),
        kinds.EventKind("site.frozen", _("closed the site"), _("Your site was closed by the operator")),
        kinds.EventKind("site.unfrozen", _("opened the site again"), _("Your site is open again")),
        kinds.EventKind(
            "upgrade.closed",
            _("closed the site for an upgrade"),
            _("Your site was closed while an upgrade was finished"),
            audience=Audience.NOBODY,
        ),
        kinds.EventKind(
            "upgrade.opened",
            _("opened the site after an upgrade"),
            _("Your site was closed while an upgrade was finished, and is open again"),
        ),
        kinds.EventKind(
            "shell.opened",
            _("opened a command line inside the site"),
            _("Somebody of the operator opened a command line inside your site"),
        ),
    ):
        kinds.register(kind)
        audit_kinds.register(f"site.{kind.key}", kind.deed)
