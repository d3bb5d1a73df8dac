"""The words catalog stores."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VersionState(TextChoices):
    """A version is written as a draft, is frozen when published, and may be retired."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class VersionChange(TextChoices):
    """What whoever publishes a later version says of what is different."""

    MINOR = "minor", _("Small corrections: whoever has passed knows all that matters")
    MATERIAL = "material", _("Material: whoever has passed should do it again")


class Review(StrEnum):
    """Whether the content of a version is to be looked at again."""

    LATER = "later"
    SOON = "soon"
    OVERDUE = "overdue"


class LessonKind(TextChoices):
    """What a learner does in a lesson."""

    TEXT = "text", _("Lesson")
    QUIZ = "quiz", _("Quiz")


class QuestionKind(TextChoices):
    """How many choices are right."""

    SINGLE = "single", _("One answer")
    MULTIPLE = "multiple", _("Several answers")


class UploadOrigin(TextChoices):
    """How the files of a course came in."""

    ZIP = "zip", _("Zip file")
    FILES = "files", _("Several files")
