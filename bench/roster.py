"""Importing a roster of 2,400 people, against COPY of the same cells into a staging table."""

from __future__ import annotations

import io
import itertools
import tempfile
from pathlib import Path

from bench.measure import Result, compare
from bench.world import World, make_tenant

PEOPLE = 2_400
HEADER = "Employee ID,Legal First Name,Legal Last Name,Work Email,Cost Center ID,Organization,Worker Type,Hire Date"
STAGING = (
    "CREATE TABLE public.bench_staging (line bigint GENERATED ALWAYS AS IDENTITY, cells text[] NOT NULL)"
)


def run(world: World) -> list[Result]:
    """Each round of ours imports into a university that has nobody yet; each floor into an emptied table."""
    from django.core.management import call_command

    rows = [
        [str(number), f"Given{number}", f"Family{number}", f"p{number}@bench.example", f"D{number % 15}",
         f"Department {number % 15}", "Staff", "2020-01-06"]
        for number in range(PEOPLE)
    ]  # fmt: skip
    numbers = itertools.count()
    names: list[str] = []

    def fresh() -> None:
        names.append(f"roster-{next(numbers)}")
        make_tenant(world, names[-1])
        connection.execute("TRUNCATE public.bench_staging")

    with world.owner() as connection, tempfile.TemporaryDirectory() as folder:
        connection.execute(STAGING)
        path = Path(folder) / "roster.csv"
        path.write_text("\n".join([HEADER, *(",".join(row) for row in rows)]), encoding="utf-8")

        def staged() -> None:
            with connection.cursor().copy("COPY public.bench_staging (cells) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([row])

        def imported() -> None:
            try:
                call_command("import_roster", str(path), tenant=names[-1], stdout=io.StringIO())
            except SystemExit as end:
                if end.code:
                    raise

        result = compare(
            "import",
            ours=imported,
            floor=staged,
            before=fresh,
            floor_is=f"COPY of the same {PEOPLE:,} lines into a staging table, unchecked",
            rounds=5,
            warm_up=1,
        )
    return [with_speed(result)]


def with_speed(result: Result) -> Result:
    """The same with rows a second in its note."""
    ours, floor = (PEOPLE / middle for middle in result.medians())
    note = f"Ours reads, checks, compares and writes: {ours:,.0f} rows a second; the floor {floor:,.0f}."
    return Result(result.name, result.ours, result.floor, result.floor_is, note)
