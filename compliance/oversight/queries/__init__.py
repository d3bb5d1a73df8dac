"""What the pages of oversight show."""

from .asked import chosen_requests
from .attention import Attention, FirstStep, attention, first_steps
from .chart import department_chart, people_url
from .counting import Compared, grace_compared
from .doors import who_and_what
from .figures import Overview, overview, scope_of
from .foresight import Ahead, ahead
from .loads import load_takes_two
from .mine import Duty, MyTraining, Past, my_record, my_training, too_early_for
from .newer import Again, asked_again_by, material_again
from .picture import picture_of
from .restating import Restated, RestatedLine, restated
from .selection import (
    Selection,
    chosen_people,
    completions,
    department_choices,
    progress_of,
    requirement_choices,
)
from .sharing import Board, Shared, Site, board, preview, shared, shared_cells
from .signed import sees_origin, signed_by
from .twos import has_decider, may_extend, may_remind, may_take_back, takes_two

__all__ = [
    "Again",
    "Ahead",
    "Attention",
    "Board",
    "Compared",
    "Duty",
    "FirstStep",
    "MyTraining",
    "Overview",
    "Past",
    "Restated",
    "RestatedLine",
    "Selection",
    "Shared",
    "Site",
    "ahead",
    "asked_again_by",
    "attention",
    "board",
    "chosen_people",
    "chosen_requests",
    "completions",
    "department_chart",
    "department_choices",
    "first_steps",
    "grace_compared",
    "has_decider",
    "load_takes_two",
    "material_again",
    "may_extend",
    "may_remind",
    "may_take_back",
    "my_record",
    "my_training",
    "overview",
    "people_url",
    "picture_of",
    "preview",
    "progress_of",
    "requirement_choices",
    "restated",
    "scope_of",
    "sees_origin",
    "shared",
    "shared_cells",
    "signed_by",
    "takes_two",
    "too_early_for",
    "who_and_what",
]
