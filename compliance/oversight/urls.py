"""/, /status/, /overview/…"""

from django.urls import path

from compliance.oversight.views import everyone, own, remind

app_name = "oversight"

urlpatterns = [
    path("", own.home, name="home"),
    path("status/", own.status, name="status"),
    path("overview/", everyone.overview, name="overview"),
    path("overview/people/", everyone.people_list, name="people"),
    path("overview/people.csv", everyone.people_csv, name="people-csv"),
    path("overview/people/remind/", remind.remind, name="remind"),
]
