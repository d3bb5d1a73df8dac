"""The addresses of the operator console."""

from django.urls import path

from tenants.operator.views import service, support, tenants

app_name = "operator"

urlpatterns = [
    path("", tenants.tenant_list, name="tenants"),
    path("tenants/<uuid:public_id>/", tenants.tenant_detail, name="tenant"),
    path("tenants/<uuid:public_id>/<slug:key>/", tenants.tenant_do, name="tenant-do"),
    path("support/", support.support_list, name="support-list"),
    path("support/<uuid:public_id>/", support.support_detail, name="support"),
    path("support/<uuid:public_id>/open/", support.support_open, name="support-open"),
    path("support/<uuid:public_id>/<slug:key>/", support.support_do, name="support-do"),
    path("switches/", service.switches, name="switches"),
    path("switches/<slug:key>/", service.switches_do, name="switches-do"),
    path("sign-ups/", service.sign_ups, name="sign-ups"),
    path("sign-ups/<uuid:public_id>/<slug:key>/", service.sign_up_do, name="sign-up-do"),
    path("parked/", service.parked, name="parked"),
    path("parked/runs/<int:number>/<slug:key>/", service.run_do, name="run-do"),
    path("parked/wake-ups/<slug:cell>/<int:number>/<slug:key>/", service.wake_up_do, name="wake-up-do"),
    path("chronicle/", service.chronicle, name="chronicle"),
]
