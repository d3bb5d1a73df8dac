"""Looking over the clockwork's shoulder."""

from typing import Any

import pytest

from tenants.schedule import ScheduledJob


def names_of_runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the jobs as they are run, for the rest of the test, in order."""
    names: list[str] = []
    run = ScheduledJob.run

    def noted(self: ScheduledJob, **times: Any) -> Any:
        names.append(self.name)
        return run(self, **times)

    monkeypatch.setattr(ScheduledJob, "run", noted)
    return names
