"""/jobs/"""

from django.urls import path

from lms.jobs import views

app_name = "jobs"

urlpatterns = [
    path("<uuid:public_id>/", views.job_detail, name="job-detail"),
    path("<uuid:public_id>/cancel/", views.job_cancel, name="job-cancel"),
]
