"""A migration that is not in the tree, planted for a while beside an app's own: what the next release might bring."""

import inspect
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.test import override_settings

HEAD = "from django.db import migrations, models\n"
BODY = """

class Migration(migrations.Migration):
    {attributes}
    dependencies = {dependencies}
    operations = [{operations}]
"""


@contextmanager
def planted(
    label: str, *operations: str, name: str = "0900_planted", head: str = "", attributes: str = ""
) -> Iterator[str]:
    """Django sees one more migration of the app `label`, with these operations as source text.

    `operations` see `migrations` and `models`, and what `head` defines; `attributes` is one line of the class.
    Forked processes see it too.
    """
    from tenants.provisioning import template

    usual = f"{apps.get_app_config(label).name}.migrations"
    own = Path(inspect.getfile(import_module(settings.MIGRATION_MODULES.get(label) or usual))).parent
    folder = Path(tempfile.mkdtemp(prefix="planted-"))
    module = f"planted_{label}_{secrets.token_hex(4)}"
    shutil.copytree(own, folder / module, ignore=shutil.ignore_patterns("__pycache__"))
    last = max(path.stem for path in own.glob("[0-9]*.py"))
    source = (
        HEAD
        + head
        + BODY.format(
            attributes=attributes,
            dependencies=[(label, last)],
            operations=", ".join(operations),
        )
    )
    (folder / module / f"{name}.py").write_text(source, encoding="utf-8")
    sys.path.insert(0, str(folder))
    modules = {**settings.MIGRATION_MODULES, label: module}
    template.fingerprint.cache_clear()
    try:
        with override_settings(MIGRATION_MODULES=modules):
            yield module
    finally:
        template.fingerprint.cache_clear()
        sys.path.remove(str(folder))
        for loaded in [each for each in sys.modules if each.split(".")[0] == module]:
            del sys.modules[loaded]
        shutil.rmtree(folder)
