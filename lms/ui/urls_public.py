"""The same pages on the public host."""

from lms.ui.urls import app_name, urlpatterns

__all__ = ["app_name", "urlpatterns"]
