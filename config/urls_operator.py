"""The operators' host: the console, and what of the sign-in library it needs. Nothing of a tenant's site.

No sign-in by a code and no forgotten password: the console sends no mail. A new way in is made on the machine
(`manage.py create_operator`), and so is a new second factor.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from lms.people.views import access

_ACCOUNTS = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    # Where the library sends those who have one; ours cannot be taken off.
    path("2fa/totp/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_deactivate_totp"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tenants.operator.urls")),
    path("accounts/", include(_ACCOUNTS)),
    path("welcome/", include(([path("<str:token>/", access.welcome, name="welcome")], "people"))),
    path("ui/", include("lms.ui.urls_public")),
]

handler400 = "lms.ui.errors.bad_request"
handler403 = "lms.ui.errors.forbidden"
handler404 = "lms.ui.errors.not_found"
handler500 = "lms.ui.errors.server_error"
