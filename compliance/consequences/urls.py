"""/consequences/"""

from django.urls import path

from compliance.consequences.views import freezes, log, requirements, systems

app_name = "consequences"

urlpatterns = [
    path("", log.log, name="log"),
    path("systems/", systems.system_list, name="systems"),
    path("systems/<uuid:public_id>/", systems.system, name="system"),
    path("systems/<uuid:public_id>/secret/", systems.secret, name="system-secret"),
    path("systems/<uuid:public_id>/test/", systems.test, name="system-test"),
    path("systems/<uuid:public_id>/state/", systems.state, name="system-state"),
    path("calls/<uuid:public_id>/again/", systems.again, name="call-again"),
    path("freezes/", freezes.freezes, name="freezes"),
    path("freezes/<uuid:public_id>/remove/", freezes.remove, name="freeze-remove"),
    path("requirements/<uuid:requirement>/", requirements.new, name="new"),
    path("<uuid:public_id>/end/", requirements.end, name="end"),
]
