"""The addresses of the site's own settings."""

from django.urls import path

from lms.site import views

app_name = "site"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("history/", views.history, name="history"),
]
