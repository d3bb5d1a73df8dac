"""Addresses of changes, below /changes/."""

from django.urls import path

from compliance.changes import views

app_name = "changes"
OF_HOLIDAYS = {"pages": views.HOLIDAYS}

urlpatterns = [
    path("", views.list_, name="list"),
    path("threshold/", views.threshold, name="threshold"),
    path("rosters/<uuid:public_id>/", views.roster, name="roster"),
    path("rosters/<uuid:public_id>/people.csv", views.roster_csv, name="roster-csv"),
    path("holidays/", views.holidays_list, name="holidays"),
    path("holidays/<uuid:public_id>/", views.holidays_detail, name="holidays-detail"),
    path("holidays/<uuid:public_id>/people.csv", views.holidays_csv, name="holidays-csv"),
    path("holidays/<uuid:public_id>/rework/", views.rework, OF_HOLIDAYS, name="holidays-rework"),
    path("holidays/<uuid:public_id>/make/", views.make, OF_HOLIDAYS, name="holidays-make"),
    path("holidays/<uuid:public_id>/decide/", views.decide, OF_HOLIDAYS, name="holidays-decide"),
    path("holidays/<uuid:public_id>/withdraw/", views.withdraw, OF_HOLIDAYS, name="holidays-withdraw"),
    path("holidays/<uuid:public_id>/undo/", views.undo, OF_HOLIDAYS, name="holidays-undo"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/people.csv", views.lines_csv, name="lines-csv"),
    path("<uuid:public_id>/day/", views.name_day, name="day"),
    path("<uuid:public_id>/rework/", views.rework, name="rework"),
    path("<uuid:public_id>/make/", views.make, name="make"),
    path("<uuid:public_id>/decide/", views.decide, name="decide"),
    path("<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:public_id>/undo/", views.undo, name="undo"),
]
