"""What a university has agreed to, as deeds of the console."""

from django.utils.translation import gettext_lazy as _

from tenants import plans
from tenants.enums import Plan, TenantStatus
from tenants.models import Tenant
from tenants.operator.deeds import Deed
from tenants.operator.forms import PlanForm

OF_TENANT: tuple[Deed[Tenant], ...] = (
    Deed(
        "change-plan",
        _("Change the plan"),
        _(
            "What it has beyond the new plan stays; it gets no more of it. Limits for it alone: manage.py plan."
        ),
        _("Change the plan"),
        lambda tenant, said: plans.set_plan(tenant.pk, Plan(said.more["plan"]), **said.as_keywords()),
        lambda tenant: tenant.status not in {TenantStatus.PREPARING, TenantStatus.PURGED},
        form=PlanForm,
    ),
)
