"""/support/"""

from django.urls import path

from lms.support import views

app_name = "support"

urlpatterns = [
    path("", views.access, name="access"),
    path("enter/", views.enter, name="enter"),
    path("leave/", views.leave, name="leave"),
    path("approval/", views.approval, name="approval"),
    path("<uuid:public_id>/", views.grant_detail, name="grant"),
    path("<uuid:public_id>/approve/", views.approve, name="approve"),
    path("<uuid:public_id>/refuse/", views.refuse, name="refuse"),
    path("<uuid:public_id>/end/", views.end, name="end"),
]
