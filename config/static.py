"""Static files with hashed names, also inside CSS and JavaScript modules; a dangling reference stops the build."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped upstream
    support_js_module_import_aggregation = True
