"""The addresses of allauth that we offer; nobody signs up here and nobody keeps several addresses."""

from allauth.account.urls import urlpatterns as account_urlpatterns
from django.urls import URLPattern, URLResolver, include, path

from lms.people.views import access

# Ours answer instead: sign-up is closed, and the roster says which address somebody has.
_NOT_OFFERED = {"account_signup", "account_email"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("email/", access.own_address, name="account_email"),
    *(one for one in account_urlpatterns if getattr(one, "name", "") not in _NOT_OFFERED),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
