"""The style guide and the choice of palette."""

from django.urls import path

from lms.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.style_guide, name="style-guide"),
    path("theme/", views.theme, name="theme"),
]
