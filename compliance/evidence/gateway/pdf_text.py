"""Reads a PDF from its standard input and writes what came of it as JSON: run as a process of its own, by its path.

It bounds itself before it looks at the first byte: seconds of computing, memory, no files. Knows nothing of the site.
"""

import io
import json
import logging
import resource
import sys

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

PAGES = 5
CHARACTERS = 20_000
MEMORY_BYTES = 400 * 1024 * 1024


def main(seconds: int) -> None:
    """Bound this process, read, and say what came of it. Ends without a word where a limit ends it."""
    sys.stdout.write("begins\n")  # what comes before is the installation's fault, what comes after the file's
    sys.stdout.flush()
    logging.disable()
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(json.dumps(answer(sys.stdin.buffer.read())))


def answer(content: bytes) -> dict[str, object]:
    """The state of reading (enums.ReadingState), the text, and whether it is only the beginning. Raises nothing."""
    try:
        return _read(content)
    except (MemoryError, LimitReachedError):
        state = "too_large"
    except (DependencyError, FileNotDecryptedError):
        state = "protected"
    except Exception:  # a file may break the reader in any way; it is then a broken file
        state = "broken"
    return {"state": state, "text": "", "is_part": False}


def _read(content: bytes) -> dict[str, object]:
    reader = PdfReader(io.BytesIO(content))
    # Many are protected against changes only and open without a password.
    if reader.is_encrypted and not reader.decrypt(""):
        return {"state": "protected", "text": "", "is_part": False}
    text, pages = "", len(reader.pages)
    for number in range(min(pages, PAGES)):
        text += reader.pages[number].extract_text() + "\n"
        if len(text) > CHARACTERS:
            break
    is_part = pages > PAGES or len(text) > CHARACTERS
    return {"state": "read" if text.strip() else "no_text", "text": text[:CHARACTERS], "is_part": is_part}


if __name__ == "__main__":
    main(int(sys.argv[1]))
