"""What new schemas are cut from."""

from django.db import models


class SchemaTemplate(models.Model):
    """The script that makes a tenant's schema, cut from a migrated one; one row for each state of the migrations."""

    fingerprint = models.CharField(max_length=64)
    script = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fingerprint"], name="schema_template_fingerprint")]
