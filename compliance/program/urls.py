"""/program/…"""

from django.urls import path

from compliance.program.views import keeping, looking, recording

app_name = "program"

urlpatterns = [
    path("", looking.list_, name="list"),
    path("mine/", looking.mine, name="mine"),
    path("rounds.csv", looking.rounds_csv, name="rounds-csv"),
    path("new/", keeping.new, name="new"),
    path("laws/<slug:key>/", keeping.add_pack, name="add-pack"),
    path("rounds/<uuid:public_id>/done/", recording.done, name="done"),
    path("rounds/<uuid:public_id>/missed/", recording.missed, name="missed"),
    path("rounds/<uuid:public_id>/correct/", recording.correct, name="correct"),
    path("<uuid:public_id>/", looking.detail, name="detail"),
    path("<uuid:public_id>/edit/", keeping.edit, name="edit"),
    path("<uuid:public_id>/turn-on/", keeping.turn_on, name="turn-on"),
    path("<uuid:public_id>/retire/", keeping.retire, name="retire"),
    path("<uuid:public_id>/discard/", keeping.discard, name="discard"),
]
