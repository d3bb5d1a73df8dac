"""Static files as production serves them: hashed names, every import and address found."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from lms.ui import assets


@pytest.mark.slow
def test_hashed_files_refer_to_hashed_files(tmp_path: Path) -> None:
    hashed = {"BACKEND": "config.static.HashedStaticFiles"}
    plain = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    with override_settings(STATIC_ROOT=str(tmp_path), STORAGES={"default": plain, "staticfiles": hashed}):
        call_command("collectstatic", interactive=False, verbosity=0)
        links = str(assets.ui_styles()) + str(assets.ui_scripts())
    served = re.findall(r'(?:href|src)="/static/([^"]+)"', links)
    assert len(served) == len(assets.style_files()) + 2
    for file in served:
        assert re.search(r"\.[0-9a-f]{12}\.", file)
        assert (tmp_path / file).exists()
    boot = next(tmp_path.glob("ui/js/boot.*.js")).read_text()
    imports = re.findall(r'from "\./([^"]+)"', boot)
    assert imports
    assert all(
        (tmp_path / "ui/js" / name).exists() and re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imports
    )


def test_the_order_of_layers_is_the_first_stylesheet() -> None:
    assert assets.style_files()[0] == "ui/css/00-layers.css"
