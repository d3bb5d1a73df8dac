"""/settings/data/"""

from django.urls import path

from lms.takeout import views

app_name = "takeout"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("start/", views.start, name="start"),
    path("<uuid:public_id>/download/", views.download, name="download"),
]
