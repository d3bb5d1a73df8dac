"""The words of a message."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenants.outbox import OutboxState


class Category(TextChoices):
    """Why a message is sent; decides how soon it goes."""

    ACCOUNT = "account", _("Sign-in and account")
    REQUIRED = "required", _("Required training")
    ACTIVITY = "activity", _("For your information")


# The interface's word for a state, where it has another.
SHOWN_AS: dict[str, str] = {
    OutboxState.PENDING: "waiting",
    OutboxState.CLAIMED: "sending",
    OutboxState.FAILED: "refused",
}
