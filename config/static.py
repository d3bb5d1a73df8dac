"""Static files with hashed names, also inside CSS and JavaScript modules; a dangling reference stops the build."""

from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Extensions of htmx that nobody links here; an example inside one looks like an import of a file that is not there.
UNUSED = "django_htmx/ext/"


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped upstream
    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Hash and compress everything but what nobody links."""
        used = {path: found for path, found in paths.items() if not path.startswith(UNUSED)}
        yield from super().post_process(used, dry_run, **options)
