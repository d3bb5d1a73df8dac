"""The addresses of the site's own settings."""

from django.urls import path

from lms.site import views

app_name = "site"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("history/", views.history, name="history"),
    path("address/", views.address, name="address"),
    path("domain/", views.domain, name="domain"),
    path("domain/check/", views.domain_check, name="domain-check"),
    path("domain/removal/", views.domain_remove, name="domain-remove"),
    path("closing/", views.closing, name="closing"),
    path("closing/end/", views.closing_cancel, name="closing-cancel"),
]
