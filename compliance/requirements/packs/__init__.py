"""Law packs: what laws and standards ask, control by control, as versioned data. No models, no database.

`data/` holds a file for each version of a pack, `<key>.v<version>.toml`. A file that was released is not edited: what
is corrected or new goes into the next version, so that a requirement which cites the old one stays readable.
"""

from compliance.requirements.packs.comparing import Change, changes
from compliance.requirements.packs.reading import BrokenPack, library, read_folder
from compliance.requirements.packs.words import Checked, Control, Draft, Kind, Pack, Status, Task

__all__ = [
    "BrokenPack",
    "Change",
    "Checked",
    "Control",
    "Draft",
    "Kind",
    "Pack",
    "Status",
    "Task",
    "changes",
    "library",
    "read_folder",
]
