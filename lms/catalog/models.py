"""What can be learned: courses in numbered versions, frozen once they are published.

That a published version cannot change is a trigger of the database (migration 0002), so that evidence which
names a version and its content hash names exactly what was taught.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.catalog.enums import LessonKind, QuestionKind, UploadOrigin, VersionChange, VersionState


class Course(models.Model):
    """A course through all its versions. `title` and `summary` are those of the newest published one."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    key = models.SlugField(_("key"), max_length=60, db_index=False)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="course_public_id_once"),
            models.UniqueConstraint(fields=["key"], name="course_key_once"),
        ]

    def __str__(self) -> str:
        return self.title


class CourseVersion(models.Model):
    """One edition of a course. At most one is being written and at most one is open to new learners.

    `change` and `change_note`: what whoever published it said is different from the version before; empty of a first
    one, and of those published by the command line. `statement`: what learners sign at the end, word for word; empty:
    nothing. The policy it speaks of, if any, with the version's name and its address. `topics`: what it covers, in its
    author's words. `review_by`: the day, in the tenant's zone, by which its content is to be looked at again.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=VersionState, default=VersionState.DRAFT)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=10, default="en")
    minutes = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)
    change = models.CharField(max_length=10, choices=VersionChange, blank=True, default="", db_default="")
    change_note = models.TextField(blank=True, default="", db_default="")
    statement = models.TextField(blank=True, default="", db_default="")
    policy_title = models.CharField(max_length=120, blank=True, default="", db_default="")
    policy_version = models.CharField(max_length=60, blank=True, default="", db_default="")
    policy_url = models.CharField(max_length=300, blank=True, default="", db_default="")
    topics = models.JSONField(blank=True, default=list, db_default=models.Value([], models.JSONField()))
    review_by = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("course version")
        verbose_name_plural = _("course versions")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="version_public_id_once"),
            models.UniqueConstraint(fields=["course", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["course"], condition=Q(state="draft"), name="version_one_draft"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state="published"), name="version_one_published"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, retired_at__isnull=True)
                | Q(state="published", published_at__isnull=False, retired_at__isnull=True)
                | Q(state="retired", published_at__isnull=False, retired_at__isnull=False),
                name="version_moments_fit_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="draft") | Q(change="", change_note=""),
                name="version_change_is_said_when_published",
            ),
            models.CheckConstraint(
                condition=~Q(change="material") | ~Q(change_note=""), name="version_material_change_says_what"
            ),
            models.CheckConstraint(
                condition=Q(policy_title="", policy_version="", policy_url="")
                | (~Q(statement="") & ~Q(policy_title="")),
                name="version_policy_is_named_by_a_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still change."""
        return self.state == VersionState.DRAFT

    @property
    def is_published(self) -> bool:
        """Whether new learners get this version."""
        return self.state == VersionState.PUBLISHED

    @property
    def is_material(self) -> bool:
        """Whether its author says that it is to be done again."""
        return self.change == VersionChange.MATERIAL


class Module(models.Model):
    """A group of lessons."""

    version = models.ForeignKey(CourseVersion, on_delete=models.CASCADE, related_name="modules")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="module_position_once")]


class Lesson(models.Model):
    """Something to read, or a quiz. `position` counts through the whole version, from 1."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.ForeignKey(CourseVersion, on_delete=models.CASCADE, related_name="lessons")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="lessons")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=LessonKind)
    markdown = models.TextField(blank=True)
    html = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField()
    # Of quizzes: the percentage that passes, the tries before reading again (null: no limit), and how many
    # questions are drawn (null: all).
    pass_mark = models.PositiveSmallIntegerField(null=True)
    attempts_allowed = models.PositiveSmallIntegerField(null=True)
    draw_count = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="lesson_public_id_once"),
            models.UniqueConstraint(fields=["version", "position"], name="lesson_position_once"),
            models.UniqueConstraint(fields=["version", "key"], name="lesson_key_once"),
            models.CheckConstraint(
                condition=Q(kind="text", pass_mark__isnull=True) | Q(kind="quiz", pass_mark__range=(1, 100)),
                name="lesson_quiz_has_pass_mark",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_quiz(self) -> bool:
        """Whether it is answered rather than read."""
        return self.kind == LessonKind.QUIZ


class Question(models.Model):
    """A question of a quiz. `lesson_ref` is the key of the lesson that answers it, or empty."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=QuestionKind)
    prompt_html = models.TextField()
    explanation_html = models.TextField(blank=True)
    lesson_ref = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["lesson", "position"], name="question_position_once")]


class Choice(models.Model):
    """A possible answer, and what to say to someone who gave it."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    is_correct = models.BooleanField()
    feedback = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["question", "position"], name="choice_position_once")]


class CourseUpload(models.Model):
    """Files somebody sent that wait to be checked and saved. The content goes once they are saved."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    origin = models.CharField(max_length=16, choices=UploadOrigin)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    created_by = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    saved_as = models.ForeignKey(CourseVersion, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["public_id"], name="upload_public_id_once")]
        indexes = [models.Index(fields=["created_at"], name="upload_by_age")]
