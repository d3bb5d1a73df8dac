from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_statements'),
    ]

    operations = [
        migrations.AddField(
            model_name='courseversion',
            name='review_by',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='courseversion',
            name='topics',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
