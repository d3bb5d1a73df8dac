"""The takeout app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TakeoutConfig(AppConfig):
    """Everything home: no tables of its own, the jobs that make takeouts are the record of them."""

    name = "lms.takeout"
    label = "takeout"
    verbose_name = _("Data")

    def ready(self) -> None:
        """Register the job, what can happen to a site's data, and the way to the page."""
        from lms.access.permissions import Permission
        from lms.audit import kinds as audit_kinds
        from lms.jobs import kinds as job_kinds
        from lms.takeout import rules
        from lms.takeout.tasks import SWEEP
        from lms.ui import navigation
        from tenants import schedule

        job_kinds.register(
            job_kinds.JobKind(
                key=rules.JOB_KIND,
                title=_("Preparing your data"),
                runner="lms.takeout.actions.run",
                result_url="lms.takeout.rules.result_url",
                result_label=_("To the file"),
                noun=_("rows"),
                permission=Permission.DATA_EXPORT,
                is_single=True,
            )
        )
        schedule.register(SWEEP)
        audit_kinds.register("takeout.downloaded", _("downloaded the data of the site"))
        _register_events()
        navigation.register(
            navigation.Entry(
                key="takeout",
                label=_("Data"),
                url_name="takeout:overview",
                permission=Permission.DATA_EXPORT,
                order=16,
                area="user",
                icon="download",
            )
        )


def _register_events() -> None:
    from lms.audit import kinds as audit_kinds
    from lms.site import kinds
    from lms.site.enums import Audience
    from lms.takeout import rules

    for kind in (
        kinds.EventKind(
            "data.exported",
            _("took out the data of the site"),
            _("The data of your site was taken out"),
            rules.exported,
            Audience.OWNERS,
        ),
        kinds.EventKind(
            "data.restored",
            _("restored the site from a backup"),
            _("Your site was restored from a backup"),
            rules.restored,
        ),
        kinds.EventKind(
            "data.restore_undone",
            _("took a restore back"),
            _("The restore of your site was taken back"),
            rules.undone,
        ),
        kinds.EventKind(
            "data.imported",
            _("imported the data of the site"),
            _("The data of your site was imported"),
            rules.imported,
        ),
        kinds.EventKind(
            "data.copied",
            _("made this site as a copy"),
            _("A copy of your site was made"),
            audience=Audience.NOBODY,
        ),
    ):
        kinds.register(kind)
        audit_kinds.register(f"site.{kind.key}", kind.deed)
