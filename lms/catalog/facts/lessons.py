"""A lesson: front matter between two lines of `+++`, then Markdown."""

from django.utils.translation import gettext as _

from lms.catalog.adapters import markdown
from lms.catalog.enums import LessonKind
from lms.catalog.facts.fields import Findings, table_of
from lms.catalog.facts.plan import LessonPlan

FENCE = "+++"
LONGEST_LESSON = 60_000


def read_lesson(file: str, key: str, text: str, findings: Findings) -> LessonPlan:
    """The lesson as far as it can be read; what cannot is in `findings`."""
    front, body, body_line = _split(file, text, findings)
    table = table_of(file, front, findings, offset=1)
    title, minutes = "", 1
    if table is not None:
        title = table.text("title", longest=120, example=_("How to read a link"))
        minutes = table.whole("minutes", low=1, high=120, example=2, required=True) or 1
        table.refuse_others(("title", "minutes"))
    if not body.strip():
        findings.error(
            file, body_line, _("The lesson has no text."), _("Write the lesson below the second +++.")
        )
    if len(body) > LONGEST_LESSON:
        findings.error(
            file,
            body_line,
            _("The lesson is longer than 60,000 characters."),
            _("Split it into several lessons."),
        )
        body = ""
    for fault in markdown.faults(body):
        findings.error(file, body_line + fault.line - 1, fault.message, fault.fix)
    return LessonPlan(
        key=key,
        title=title or key,
        kind=LessonKind.TEXT,
        minutes=minutes,
        markdown=body.strip() + "\n",
        html=markdown.to_html(body),
        source=file,
    )


def _split(file: str, text: str, findings: Findings) -> tuple[str, str, int]:
    """Front matter, body, and the line on which the body begins."""
    lines = text.split("\n")
    if lines[0].strip() == FENCE:
        for index in range(1, len(lines)):
            if lines[index].strip() == FENCE:
                return "\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), index + 2
        message = _("The title block is not closed.")
    else:
        message = _("The lesson does not begin with a title block.")
    findings.error(
        file,
        1,
        message,
        _('Begin with four lines: +++, title = "…", minutes = 2, +++. Then write the lesson.'),
    )
    return 'title = "?"\nminutes = 1', text, 1
