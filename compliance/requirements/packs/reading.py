"""From files to packs. A pack that breaks a rule of its form is refused whole, and the tests read every one."""

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any

from compliance.requirements.packs.words import Checked, Control, Draft, Kind, Pack, Status, Task

Versions = tuple[Pack, ...]

_PACK = {
    "key": str, "version": int, "dated": date, "name": str, "regime": str, "status": str, "summary": str,
    "source": str, "url": str, "dating": str, "controls": list,
}  # fmt: skip
_PACK_MAY = {"effective_from": date, "effective_to": date}
_CONTROL = {
    "id": str, "title": str, "asks": str, "kind": str, "checked": str, "dating": str, "evidence": list,
}  # fmt: skip
_CONTROL_MAY = {
    "status": str, "note": str, "is_mandate": bool, "effective_from": date, "effective_to": date, "missing": list,
    "parameters": list, "draft": dict, "duty": dict, "source": str, "url": str,
}  # fmt: skip
_DRAFT = {"title": str, "kinds": list, "first_due_days": int}
_DRAFT_MAY = {"recurs_months": int}
_MOST_MONTHS = 120
_DUTY = {"title": str}
_DUTY_MAY = {"repeats_months": int}
_PARAMETER = {"name": str}


class BrokenPack(Exception):
    """A file of a pack does not have the form; the message says which file and where."""


def library() -> Mapping[str, Versions]:
    """Every pack that comes with Duly by key, each with its versions, the newest last."""
    return _LIBRARY


def read_folder(folder: Traversable) -> dict[str, Versions]:
    """The packs of a folder by key, in the order of their names. Raises BrokenPack."""
    found: dict[str, list[Pack]] = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            pack = _read(file)
            found.setdefault(pack.key, []).append(pack)
    for key, versions in found.items():
        versions.sort(key=lambda pack: pack.version)
        if [pack.version for pack in versions] != list(range(1, len(versions) + 1)):
            raise BrokenPack(f"{key}: versions have to be 1, 2, 3 and so on")
        if any(new.dated < old.dated for old, new in pairwise(versions)):
            raise BrokenPack(f"{key}: a version is dated before the one it follows")
    ordered = sorted(found, key=lambda key: found[key][-1].name.casefold())
    return {key: tuple(found[key]) for key in ordered}


def _read(file: Traversable) -> Pack:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        pack = _pack(content)
    except (ValueError, BrokenPack) as problem:
        raise BrokenPack(f"{file.name}: {problem}") from problem
    if file.name != f"{pack.key}.v{pack.version}.toml":
        raise BrokenPack(f"{file.name}: has to be called {pack.key}.v{pack.version}.toml")
    return pack


def _pack(content: dict[str, Any]) -> Pack:
    _check(content, _PACK, _PACK_MAY, "pack")
    status = Status(content["status"])
    shared = {"source": content["source"], "url": content["url"], "status": status.value}
    days = {name: content[name] for name in ("dating", *_PACK_MAY) if name in content}
    # What is said of the days of one control goes for all of them: those of the pack are not its own.
    controls = tuple(
        _control(shared | ({} if "dating" in each else days) | each) for each in content.pop("controls")
    )
    ids = [control.id for control in controls]
    if not controls or len(set(ids)) != len(ids):
        raise BrokenPack("a pack has controls, and each id once")
    return Pack(**content | {"status": status, "controls": controls})


def _control(content: dict[str, Any]) -> Control:
    where = str(content.get("id", "control"))
    _check(content, _CONTROL, _CONTROL_MAY, where)
    parameters = content.pop("parameters", [])
    for parameter in parameters:
        _check(parameter, _PARAMETER, {}, f"{where}, parameter")
    draft = content.pop("draft", None)
    if draft is not None:
        _check(draft, _DRAFT, _DRAFT_MAY, f"{where}, draft")
        draft = Draft(**draft | {"kinds": tuple(draft["kinds"])})
    duty = content.pop("duty", None)
    if duty is not None:
        _check(duty, _DUTY, _DUTY_MAY, f"{where}, duty")
        if content["kind"] != Kind.PROGRAMME or not 1 <= duty.get("repeats_months", 1) <= _MOST_MONTHS:
            raise BrokenPack(
                f"{where}: a duty answers what is asked of the program, every 1 to {_MOST_MONTHS} months"
            )
        duty = Task(**duty)
    first, last = content.get("effective_from"), content.get("effective_to")
    if first and last and last < first:
        raise BrokenPack(f"{where}: ends before it begins")
    words = {
        "kind": Kind(content["kind"]),
        "status": Status(content["status"]),
        "checked": Checked(content["checked"]),
        "evidence": tuple(content["evidence"]),
        "missing": tuple(content.get("missing", ())),
        "parameters": tuple(each["name"] for each in parameters),
        "draft": draft,
        "duty": duty,
    }
    return Control(**content | words)


def _check(content: Any, must: Mapping[str, type], may: Mapping[str, type], where: str) -> None:
    """Raise BrokenPack unless these are the keys, with values of these types, and no required text is empty."""
    if not isinstance(content, dict):
        raise BrokenPack(f"{where}: has to be a table")
    if unknown := sorted(content.keys() - must.keys() - may.keys()):
        raise BrokenPack(f"{where}: unknown {', '.join(unknown)}")
    if lacking := sorted(must.keys() - content.keys()):
        raise BrokenPack(f"{where}: lacks {', '.join(lacking)}")
    for name, value in content.items():
        kind = must[name] if name in must else may[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise BrokenPack(f"{where}: {name} has to be a {kind.__name__}")
        if name in must and value == "":
            raise BrokenPack(f"{where}: {name} is empty")


# Read once, when the code is: it is part of the code, and the same for every tenant.
_LIBRARY: Mapping[str, Versions] = read_folder(files("compliance.requirements.packs") / "data")
