"""/, /status/, /overview/…, /requests/…, /credits/…, /sharing/…"""

from django.urls import path

from compliance.oversight.views import (
    asking,
    certifying,
    deciding,
    everyone,
    extend,
    history,
    own,
    remind,
    sharing,
    sites,
)

app_name = "oversight"

urlpatterns = [
    path("", own.home, name="home"),
    path("status/", own.status, name="status"),
    path("overview/", everyone.overview, name="overview"),
    path("overview/people/", everyone.people_list, name="people"),
    path("overview/people.csv", everyone.people_csv, name="people-csv"),
    path("overview/people/remind/", remind.remind, name="remind"),
    path("overview/people/extend/", extend.extend, name="extend"),
    path("requests/", deciding.request_list, name="requests"),
    path("requests/waivers/new/", asking.ask, {"kind": "waivers"}, name="waiver-new"),
    path("requests/extensions/new/", asking.ask, {"kind": "extensions"}, name="extension-new"),
    path("requests/<slug:kind>/<uuid:public_id>/", deciding.detail, name="request"),
    path("requests/<slug:kind>/<uuid:public_id>/withdraw/", deciding.withdraw, name="request-withdraw"),
    path("requests/waivers/<uuid:public_id>/decide/", deciding.decide_waiver, name="waiver-decide"),
    path("requests/waivers/<uuid:public_id>/end/", deciding.end_waiver, name="waiver-end"),
    path("requests/extensions/<uuid:public_id>/decide/", deciding.decide_extension, name="extension-decide"),
    path("credits/load/", history.load, name="history-load"),
    path("credits/new/", certifying.certify, name="certify"),
    path("credits/cycles/<uuid:public_id>/revoke/", certifying.revoke, name="revoke"),
    path("credits/revocations/<uuid:public_id>/restore/", certifying.restore, name="restore"),
    path("sharing/", sharing.home, name="sharing"),
    path("sharing/departments/", sites.board, name="sites"),
    path("sharing/departments/invite/", sites.invite, name="site-invite"),
    path("sharing/departments/invitations/<uuid:public_id>/", sites.invitation, name="site-invitation"),
    path("sharing/departments/invitations/<uuid:public_id>/withdraw/", sites.withdraw, name="site-withdraw"),
    path("sharing/departments/<uuid:public_id>/", sites.detail, name="site"),
    path("sharing/given/", sharing.given, name="given"),
    path("sharing/given/code/", sharing.code, name="sharing-code"),
    path("sharing/given/<uuid:public_id>/", sharing.detail, name="given-detail"),
    path("sharing/given/<uuid:public_id>/accept/", sharing.accept, name="sharing-accept"),
    path("sharing/given/<uuid:public_id>/refuse/", sharing.refuse, name="sharing-refuse"),
    path("sharing/<uuid:public_id>/end/", sharing.end, name="sharing-end"),
]
