"""Sending a course."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from lms.catalog.enums import UploadOrigin, VersionChange
from lms.catalog.facts import sources


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """One or more files. A list, never empty."""

    widget = _SeveralFiles(attrs={"accept": ".zip,.md,.toml"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Every file is checked as a single one would be."""
        given = data if isinstance(data, list) else [data]
        return [super(_FilesField, self).clean(each, initial) for each in given or [None]]


class UploadCourse(forms.Form):
    """A zip of a course folder, or the files of a course without folders. `source` is what was in them."""

    course_files = _FilesField(
        label=_("Course files"),
        help_text=_(
            "A zip of the course folder, up to 5 MB. Or choose course.toml, the lessons (.md) and the quizzes "
            "(.quiz.toml) together; they will form one module."
        ),
        error_messages={
            "required": _("Choose a zip or the files of a course."),
            "empty": _("This file is empty. Choose a zip or the files of a course."),
        },
    )
    source: sources.Source
    origin: UploadOrigin

    def clean(self) -> dict[str, Any]:
        """Open the zip far enough to know that it can be read."""
        cleaned = super().clean() or {}
        given: list[UploadedFile[Any]] = cleaned.get("course_files") or []
        if not given:
            return cleaned
        self.origin = UploadOrigin.ZIP if _is_zip(given) else UploadOrigin.FILES
        try:
            self.source = _source(given, self.origin)
        except sources.Unreadable as refusal:
            problem = refusal.problem
            self.add_error("course_files", f"{problem.file}: {problem.message} {problem.fix}")
        return cleaned


class PublishForm(forms.Form):
    """What is different in a later version."""

    change = forms.ChoiceField(
        label=_("What has changed"),
        choices=VersionChange.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Publishing alone asks nobody again. After a material change compliance officers are offered to ask."
        ),
    )
    change_note = forms.CharField(
        label=_("In a few words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is new or different; needed for a material change. Officers and auditors read it."),
    )

    def clean(self) -> dict[str, Any]:
        """A material change says what it is."""
        cleaned = super().clean() or {}
        if cleaned.get("change") == VersionChange.MATERIAL and not cleaned.get("change_note"):
            self.add_error("change_note", _("Say what is new or different, so that others can decide."))
        return cleaned


def _is_zip(given: "list[UploadedFile[Any]]") -> bool:
    return len(given) == 1 and (given[0].name or "").lower().endswith(".zip")


def _source(given: "list[UploadedFile[Any]]", origin: UploadOrigin) -> sources.Source:
    """Never reads more of a file than a course may hold."""
    if origin == UploadOrigin.ZIP:
        return sources.from_zip(given[0].read(sources.MAX_ZIP_BYTES + 1), given[0].name or "")
    files = given[: sources.MAX_FILES + 1]
    return sources.from_uploads((each.name or "", each.read(sources.MAX_FILE_BYTES + 1)) for each in files)
