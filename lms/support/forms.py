"""The tenant's one setting."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ApprovalForm(forms.Form):
    """Whether support must be approved."""

    needs_approval = forms.BooleanField(
        label=_("Support access needs our approval"),
        help_text=_(
            "Then an owner or administrator has to approve each request here before support sees anything."
        ),
        required=False,
    )
