"""The process apart that reads the text of a PDF, so that a hostile one holds up or brings down nobody else."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from compliance.evidence.enums import ReadingState

SECONDS = 8
# The process ends itself after so much computing; this is for one that does not get that far.
DEADLINE_SECONDS = 15
# Never imported here: no process of the site has to hold a reader of PDFs.
_READER = Path(__file__).with_name("pdf_text.py")
_BEGINS = b"begins"


class NoReader(Exception):
    """The process that reads could not begin: the installation is not whole. No file is to blame."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading; `text` is empty unless it was read, `is_part` says that more follows in the file."""

    state: ReadingState
    text: str = ""
    is_part: bool = False


def text_of(content: bytes, seconds: int = SECONDS) -> Read:
    """The text of the first pages of a PDF, whatever is in it. `seconds`: of computing. Raises NoReader.

    The process knows no environment, so no key or address either, and is given nothing but the content.
    """
    command = [sys.executable, "-I", str(_READER), str(seconds)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, env={}, timeout=DEADLINE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Read(ReadingState.TOO_LARGE)
    began, _newline, answer = done.stdout.partition(b"\n")
    if began != _BEGINS:
        raise NoReader(done.stderr.decode(errors="replace")[-500:])
    try:
        told = json.loads(answer)
    except ValueError:  # it was ended by one of its limits
        return Read(ReadingState.TOO_LARGE)
    return Read(ReadingState(told["state"]), told["text"], told["is_part"])
