"""Whatever is wrong with the contract, whoever learns can finish, and has the certificate."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lms.catalog import queries as catalog
from lms.learning.models import Certificate
from lms.learning.tests.factories import make_enrollment, sit
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [TenantStatus.READ_ONLY, TenantStatus.SUSPENDED, TenantStatus.CLOSING])
def test_a_course_is_finished_and_certified(
    alpha: TenantRef, dee: Any, at: dt.datetime, client_for: Callable[..., Client], status: TenantStatus
) -> None:
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(status=status)
        there: TenantRef = Tenant.objects.get(pk=alpha.id).ref()
    browser = client_for(there, dee)
    with inside(there):
        enrollment = make_enrollment(dee, at=at)
        lessons = [one.key for one in catalog.outline(enrollment.course_version_id) if not one.is_quiz]
    for key in lessons:
        address = reverse(
            "learning:lesson-done", args=[enrollment.public_id, key], urlconf="config.urls_tenant"
        )
        assert browser.post(address).status_code in (302, 303)
    with inside(there):
        if catalog.outline(enrollment.course_version_id).find("quiz"):
            sit(enrollment, by=dee, at=at)
        certificate = Certificate.objects.get(enrollment=enrollment)
    page = reverse("learning:certificate", args=[certificate.public_id], urlconf="config.urls_tenant")
    assert browser.get(page).status_code == 200
