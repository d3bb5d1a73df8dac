"""Which table may be touched in which scope. Django asks before every read, write and migration."""

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from tenants import context


def _labels(names: list[str]) -> frozenset[str]:
    wanted = set(names)
    return frozenset(
        config.label for config in apps.get_app_configs() if {config.name, _path(type(config))} & wanted
    )


def _path(config: type) -> str:
    return f"{config.__module__}.{config.__qualname__}"


def shared_labels() -> frozenset[str]:
    """App labels whose tables live in the public schema."""
    return _labels(settings.SHARED_APPS)


def tenant_labels() -> frozenset[str]:
    """App labels whose tables live in each tenant's schema."""
    return _labels(settings.TENANT_APPS)


class TenantRouter:
    """Refuses queries outside their scope with a sentence, before the database refuses them with an error."""

    def __init__(self) -> None:
        self._tenant: frozenset[str] | None = None

    def _belongs_to_tenant(self, label: str) -> bool:
        if self._tenant is None:
            self._tenant = tenant_labels()
        return label in self._tenant

    def _check(self, model: type[Model]) -> None:
        label, scope = model._meta.app_label, context.scope()
        if self._belongs_to_tenant(label):
            if scope is None or scope.schema == context.PUBLIC_SCHEMA:
                raise context.NoTenant(
                    f"{model._meta.label} belongs to a tenant, and no tenant is in force. "
                    "Wrap the call in inside(tenant)."
                )
        elif scope is None or scope.schema != context.PUBLIC_SCHEMA:
            raise context.NoTenant(
                f"{model._meta.label} is a shared table. Wrap the call in public_schema(), outside any tenant."
            )

    def db_for_read(self, model: type[Model], **hints: object) -> None:
        self._check(model)

    def db_for_write(self, model: type[Model], **hints: object) -> None:
        self._check(model)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: object) -> bool:
        scope = context.scope()
        if scope is None:
            return False
        return self._belongs_to_tenant(app_label) == (scope.schema != context.PUBLIC_SCHEMA)
