"""What the pages of oversight show."""

from .attention import Attention, FirstStep, attention, first_steps
from .chart import department_chart, people_url
from .figures import Overview, overview, scope_of
from .mine import Duty, MyTraining, Past, my_record, my_training
from .selection import Selection, chosen_people, department_choices, requirement_choices

__all__ = [
    "Attention",
    "Duty",
    "FirstStep",
    "MyTraining",
    "Overview",
    "Past",
    "Selection",
    "attention",
    "chosen_people",
    "department_chart",
    "department_choices",
    "first_steps",
    "my_record",
    "my_training",
    "overview",
    "people_url",
    "requirement_choices",
    "scope_of",
]
