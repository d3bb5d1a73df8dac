"""The folder of example files that stands beside a checkout; tests that want it do without where it is absent."""

import os
from pathlib import Path

# SHARED_DIR names another place; a place that does not exist has the tests use what they invent themselves.
SHARED = Path(os.environ.get("SHARED_DIR") or Path(__file__).resolve().parents[3] / "shared")
