"""Where each app's tables live, and which hosts answer."""

from urllib.parse import urlsplit

from config import env
from config.settings.databases import PROCESS

SHARED_APPS = [
    "tenants",
]

TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "lms.people",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "lms.jobs",
    "lms.audit",
    "lms.mail",
    "lms.catalog",
    "lms.learning",
    "compliance.requirements",
    "compliance.records",
    "compliance.evidence",
    "compliance.program",
    "compliance.history",
    "compliance.consequences",
    "compliance.reminders",
    "compliance.changes",
    "compliance.oversight",
]

# Apps without tables.
BARE_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "template_partials",
    "lms.ui",
    "lms.site",
    "lms.support",
    "lms.takeout",
]

INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS, *BARE_APPS]

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
DATABASE_ROUTERS = ["tenants.router.TenantRouter"]
TENANT_DB_ROLES = env.flag("TENANT_DB_ROLES", default=True)

ROOT_URLCONF = "config.urls_tenant"
PUBLIC_URLCONF = "config.urls_public"

# The public host, as people type it: scheme, name and, where unusual, port.
PUBLIC_ORIGIN = env.text("PUBLIC_ORIGIN", "http://localhost:8000")
BASE_DOMAIN = urlsplit(PUBLIC_ORIGIN).hostname or "localhost"
HOST_SUFFIXES = (f".{BASE_DOMAIN}",)

# The operators' host: a name of its own, better under a domain of its own (docs/operations/operator-console.md).
OPERATOR_URLCONF = "config.urls_operator"
_DOT = urlsplit(PUBLIC_ORIGIN)
OPERATOR_ORIGIN = env.text("OPERATOR_ORIGIN", f"{_DOT.scheme}://operator.{_DOT.netloc}")
OPERATOR_HOST = (urlsplit(OPERATOR_ORIGIN).hostname or "").lower()
SERVES_OPERATORS = PROCESS == "operator"

# Universities bring names of their own: tenants.middleware.HostMiddleware knows them and stands before all that asks.
ALLOWED_HOSTS = [OPERATOR_HOST] if SERVES_OPERATORS else ["*"]
# Where proofs of such names are looked up, `address` or `address:port`; empty: the resolvers of this machine.
DNS_SERVERS = [server for server in env.text("DNS_SERVERS", "").split(",") if server]
# How long a site that is being closed can still be had back, at the least.
CLOSING_DAYS = 30

# Called inside a new tenant, in this order, by provisioning: dotted paths of idempotent actions.
TENANT_OPENERS = ["lms.people.actions.open_site"]

# Called by the pages of a requirement that is, or is to be, in force, as compliance.requirements.desk says; answers the
# address of the change.
REQUIREMENT_CHANGES = "compliance.changes.actions.open_change"
# A change of a requirement, or an event, that has to look at more people than this is a job with a page: 3 ms a person
# is some three seconds, what somebody waits for at a page; a request that lasted half a minute would be given up.
CHANGE_JOB_PEOPLE = env.number("CHANGE_JOB_PEOPLE", 1000)
# Where what another list of holidays would do is shown and decided.
HOLIDAY_CHANGES = "compliance.changes.actions.open_holidays"
# Asked by the import of a roster: what it does to what people owe (lms/people/kinds.py says how).
ROSTER_OUTLOOK = "compliance.changes.actions.RosterOutlook"
# Asked before facts of many people are changed by hand: what follows for them (lms/people/kinds.py says how).
FACTS_OUTLOOK = "compliance.changes.actions.follows"
# Called inside a tenant every night: what its row of the console says (tenants/health.py).
TENANT_MEASURES = ["lms.people.queries.measure", "lms.mail.queries.measure"]
# Called inside the operators' own schema: makes a person who may sign in, and answers with the token of their way in.
OPERATOR_OPENER = "lms.people.actions.open_site"

# How many schemas are kept ready for the next sign-ups, beside the tenants' own; 0 makes each when it is asked for.
READY_SCHEMAS = env.number("READY_SCHEMAS", 3)
# What never becomes fewer in a tenant without somebody meaning it: the nightly audit compares with the night before.
INTEGRITY_COUNTED_TABLES = [
    "people_user",
    "audit_event",
    "records_compliancerecord",
    "learning_certificate",
    "learning_attestation",
]
