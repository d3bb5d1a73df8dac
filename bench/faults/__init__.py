"""Fault drills: break something on purpose, count what was lost. `make faults`, `make faults ONLY=F10`.

A drill is a module `bench/faults/fNN_subject.py` with `TITLE`, `INJECTS`, `HOLDS` (one sentence each: what is tried,
what is broken, what must hold all the same) and `run(world) -> list[Row]`. Its figures go to docs/generated/faults.md
and .json; an earlier run's figures of the other drills stay there.
"""
