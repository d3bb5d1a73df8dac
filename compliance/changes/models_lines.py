"""What is written down of one person in a difference or an outlook."""

from django.db import models

from .enums import Effect


class Effects(models.Model):
    """What happens to somebody, with the dates of `compliance.core.change.Line` before and after."""

    effect = models.CharField(max_length=10, choices=Effect)
    due_from = models.DateField(null=True)
    due_to = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    opens_from = models.DateField(null=True)
    opens_to = models.DateField(null=True)
    next_due_from = models.DateField(null=True)
    next_due_to = models.DateField(null=True)
    until_from = models.DateField(null=True)
    until_to = models.DateField(null=True)

    class Meta:
        abstract = True
