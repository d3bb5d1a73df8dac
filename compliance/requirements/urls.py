"""Addresses of requirements, below /requirements/."""

from django.urls import path

from compliance.requirements import views

app_name = "requirements"

urlpatterns = [
    path("", views.list_, name="list"),
    path("holidays/", views.holidays, name="holidays"),
    path("new/", views.new, name="new"),
    path("equivalences/", views.equivalence_list, name="equivalences"),
    path("equivalences/new/", views.equivalence_new, name="equivalence-new"),
    path("equivalences/<uuid:public_id>/", views.equivalence, name="equivalence"),
    path("equivalences/<uuid:public_id>/decide/", views.equivalence_decide, name="equivalence-decide"),
    path("equivalences/<uuid:public_id>/withdraw/", views.equivalence_withdraw, name="equivalence-withdraw"),
    path("equivalences/<uuid:public_id>/end/", views.equivalence_end, name="equivalence-end"),
    path("laws/", views.laws, name="laws"),
    path("laws.csv", views.coverage_csv, name="coverage-csv"),
    path("laws/<slug:key>/", views.law, name="law"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/edit/", views.edit, name="edit"),
    path("<uuid:public_id>/basis/", views.basis, name="basis"),
    path("<uuid:public_id>/versions/<int:number>/", views.version, name="version"),
    path("<uuid:public_id>/people/", views.people, name="people"),
    path("<uuid:public_id>/people.csv", views.people_csv, name="people-csv"),
    path("<uuid:public_id>/person/", views.check_person, name="check-person"),
    path("<uuid:public_id>/by-hand/", views.by_hand, name="by-hand"),
    path("<uuid:public_id>/by-hand/<uuid:individual_id>/end/", views.by_hand_end, name="by-hand-end"),
    path("<uuid:public_id>/turn-on/", views.turn_on, name="turn-on"),
    path("<uuid:public_id>/pause/", views.pause, name="pause"),
    path("<uuid:public_id>/retire/", views.retire, name="retire"),
    path("<uuid:public_id>/discard/", views.discard, name="discard"),
]
