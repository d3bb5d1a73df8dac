"""The pages of the public host."""

from django.urls import path

from tenants import public_records, views

app_name = "tenants"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("deletions/<slug:public_id>/", public_records.deletion, name="deletion"),
    path("deletions/<slug:public_id>/certificate.json", public_records.deletion_json, name="deletion-json"),
    path("known-host/", public_records.known_host, name="known-host"),
    path("terms/", views.terms, name="terms"),
    path("signup/", views.sign_up, name="sign-up"),
    path("signup/address/", views.address_check, name="address-check"),
    path("signup/<uuid:public_id>/", views.progress, name="progress"),
    path("signup/<uuid:public_id>/code/", views.code, name="code"),
    path("signup/<uuid:public_id>/code/again/", views.another_code, name="another-code"),
    path("signup/<uuid:public_id>/address/", views.another_address, name="another-address"),
    path("signup/<uuid:public_id>/try-again/", views.try_again, name="try-again"),
]
