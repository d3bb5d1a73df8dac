"""/evidence/…, and what one asks for oneself under /status/…"""

from django.urls import path

from compliance.evidence.views import aim, asking, files, own, reviewing

app_name = "evidence"

urlpatterns = [
    path("evidence/", reviewing.queue, name="queue"),
    path("evidence/aim/", aim.aim, name="aim"),
    path("evidence/mine/", own.sent, name="mine"),
    path("evidence/mine/<uuid:public_id>/", own.own, name="own"),
    path("evidence/mine/<uuid:public_id>/again/", own.again, name="again"),
    path("evidence/mine/<uuid:public_id>/withdraw/", own.withdraw, name="withdraw"),
    path("evidence/new/<uuid:requirement>/", own.new, name="new"),
    path("evidence/files/<uuid:public_id>/", files.file, name="file"),
    path("evidence/<uuid:public_id>/", reviewing.review, name="review"),
    path("evidence/<uuid:public_id>/decide/", reviewing.decide, name="decide"),
    path("status/<uuid:requirement>/waiver/", asking.ask, {"kind": "waivers"}, name="waiver"),
    path("status/<uuid:requirement>/extension/", asking.ask, {"kind": "extensions"}, name="extension"),
    path("status/requests/<slug:kind>/<uuid:public_id>/withdraw/", asking.withdraw, name="request-withdraw"),
]
