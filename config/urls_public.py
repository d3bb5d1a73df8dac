"""The public host: what Duly is, sign-up, and in local runs the mailbox. No sessions, no users."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tenants.urls")),
    path("ui/", include("lms.ui.urls_public")),
]

if settings.MAILBOX_DIR:
    urlpatterns.append(path("mailbox/", include("config.mailbox.urls")))

handler400 = "lms.ui.errors.bad_request"
handler403 = "lms.ui.errors.forbidden"
handler404 = "lms.ui.errors.not_found"
handler500 = "lms.ui.errors.server_error"
