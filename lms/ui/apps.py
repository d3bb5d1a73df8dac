"""The app of the interface."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Components, layouts and the style guide; no models."""

    name = "lms.ui"
    label = "ui"
    verbose_name = "Interface"
