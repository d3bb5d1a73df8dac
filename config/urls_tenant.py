"""A tenant's site: one include per app."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("compliance.oversight.urls")),
    path("accounts/", include("lms.people.urls_accounts")),
    path("", include("lms.people.urls")),
    path("courses/", include("lms.catalog.urls")),
    path("", include("lms.learning.urls")),
    path("requirements/", include("compliance.requirements.urls")),
    path("changes/", include("compliance.changes.urls")),
    path("", include("compliance.evidence.urls")),
    path("program/", include("compliance.program.urls")),
    path("consequences/", include("compliance.consequences.urls")),
    path("reminders/", include("compliance.reminders.urls")),
    path("messages/", include("lms.mail.urls")),
    path("jobs/", include("lms.jobs.urls")),
    path("audit/", include("lms.audit.urls")),
    path("settings/site/", include("lms.site.urls")),
    path("support/", include("lms.support.urls")),
    path("settings/data/", include("lms.takeout.urls")),
    path("ui/", include("lms.ui.urls")),
]

handler400 = "lms.ui.errors.bad_request"
handler403 = "lms.ui.errors.forbidden"
handler404 = "lms.ui.errors.not_found"
handler500 = "lms.ui.errors.server_error"
