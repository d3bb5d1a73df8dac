#!/usr/bin/env python
"""Django's command line, with Duly's settings."""

import os
import sys

from config.env import BadEnvironment
from config.local import environment


def main() -> None:
    # Where `make run` is running in this clone, commands talk to its database.
    environment.borrow()
    if sys.argv[1:2] in (["create_operator"], ["operator_access"]):
        # The operators' schema is open to the operators' login only.
        os.environ.setdefault("DULY_PROCESS", "operator")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except BadEnvironment as error:
        sys.exit(f"{error}\nNothing was done. docs/operations/environment.md lists every variable.")


if __name__ == "__main__":
    main()
