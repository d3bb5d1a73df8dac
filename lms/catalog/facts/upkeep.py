"""What a course covers, and by which day somebody looks at it again: `topics` and `review_by` of course.toml."""

import datetime as dt

from django.utils.translation import gettext as _

from lms.catalog.facts.fields import Fields

MOST_TOPICS, LONGEST_TOPIC = 20, 60
FIRST_YEAR, LAST_YEAR = 2000, 2099


def read_topics(course: Fields) -> tuple[str, ...]:
    """The topics in the author's order and spelling, each once whatever its capitals; empty where they are wrong."""
    given = course.values.get("topics", [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        course.error("topics", _("“topics” must be a list of texts."), _topics_fix())
        return ()
    topics: dict[str, str] = {}
    for each in given:
        topic = " ".join(each.split())
        if not topic or not topic.isprintable():
            course.error("topics", _("One of the topics is empty, or cannot be printed."), _topics_fix())
            return ()
        if len(topic) > LONGEST_TOPIC:
            course.error(
                "topics",
                _("The topic “%(start)s…” has %(count)d characters.")
                % {"start": topic[:20], "count": len(topic)},
                _("Use at most %(longest)d.") % {"longest": LONGEST_TOPIC},
            )
            return ()
        topics.setdefault(topic.casefold(), topic)
    if len(topics) > MOST_TOPICS:
        course.error(
            "topics",
            _("The course names %(count)d topics.") % {"count": len(topics)},
            _("Name at most %(most)d.") % {"most": MOST_TOPICS},
        )
        return ()
    return tuple(topics.values())


def read_review_by(course: Fields) -> dt.date | None:
    """The day, in the tenant's zone, by which the content is to be looked at again; None without one or a wrong one.

    A day that is past is none of the file's faults: an old folder may be brought in.
    """
    given = course.values.get("review_by")
    # A moment is a day too, to Python.
    if given is None or (type(given) is dt.date and FIRST_YEAR <= given.year <= LAST_YEAR):
        return given
    course.error(
        "review_by",
        _("“review_by” is not a day from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR},
        _("Write it without quotes, like review_by = 2027-06-30."),
    )
    return None


def _topics_fix() -> str:
    return _('Write it like topics = ["phishing", "reporting incidents"].')
