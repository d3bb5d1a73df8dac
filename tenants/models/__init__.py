"""The shared tables, one subject a file."""

from tenants.models.agreements import LEAST_PEOPLE, RollUpAgreement, RollUpFigure, RollUpInvitation
from tenants.models.backup import TenantBackup
from tenants.models.chronicle import TenantEvent
from tenants.models.custom_domain import CustomDomain
from tenants.models.health import TenantHealth
from tenants.models.integrity import IntegrityAudit
from tenants.models.message import PublicMessage
from tenants.models.move import TenantMove
from tenants.models.pool import ReadySchema
from tenants.models.portability import Restoration, RetiredSchema
from tenants.models.purge import DeletionCertificate, PurgeRequest
from tenants.models.schedule import DueWork, JobRun, WakeUp
from tenants.models.sign_up import SignUp
from tenants.models.support import SupportGrant, SupportView
from tenants.models.switch import ServiceSwitch
from tenants.models.template import SchemaTemplate
from tenants.models.tenant import Domain, Tenant
from tenants.models.upgrade import TenantUpgrade

__all__ = [
    "LEAST_PEOPLE",
    "CustomDomain",
    "DeletionCertificate",
    "Domain",
    "DueWork",
    "IntegrityAudit",
    "JobRun",
    "PublicMessage",
    "PurgeRequest",
    "ReadySchema",
    "Restoration",
    "RetiredSchema",
    "RollUpAgreement",
    "RollUpFigure",
    "RollUpInvitation",
    "SchemaTemplate",
    "ServiceSwitch",
    "SignUp",
    "SupportGrant",
    "SupportView",
    "Tenant",
    "TenantBackup",
    "TenantEvent",
    "TenantHealth",
    "TenantMove",
    "TenantUpgrade",
    "WakeUp",
]
