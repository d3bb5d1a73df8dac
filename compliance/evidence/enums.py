"""The closed sets of words around evidence; the database stores the lower-case value."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EvidenceState(TextChoices):
    """What became of proof that somebody sent."""

    WAITING = "waiting", _("Waiting for a review")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RejectReason(TextChoices):
    """Why proof is not accepted: what usually is wrong, each said so that the person knows what to send instead."""

    WRONG_DOCUMENT = "wrong_document", _("It is not proof of completion, for example a receipt or a sign-up")
    OTHER_PERSON = "other_person", _("It does not name the person, or names somebody else")
    NO_DATE = "no_date", _("It does not say when the training was completed")
    UNREADABLE = "unreadable", _("It cannot be read, or pages are missing")
    OTHER_TOPIC = "other_topic", _("The training does not cover what the requirement asks for")
    RAN_OUT = "ran_out", _("It has run out, or the training was too long ago")
    NOT_CONFIRMED = "not_confirmed", _("Whoever issued it does not confirm it")
    OTHER = "other", _("Something else")


class FileType(TextChoices):
    """What a file is, by its content."""

    PDF = "application/pdf", "PDF"
    PNG = "image/png", "PNG"
    JPEG = "image/jpeg", "JPEG"


class ReadingState(TextChoices):
    """What came of having a machine read a file."""

    READ = "read", _("Read")
    NO_TEXT = "no_text", _("Holds no text: perhaps a scan")
    PROTECTED = "protected", _("Protected by a password")
    TOO_LARGE = "too_large", _("Too large to be read")
    BROKEN = "broken", _("Damaged, or not made as a PDF should be")
