"""Breaks the code that keeps tenants apart, one small way at a time, and asks the quick tests whether they notice.

`python -m config.isolation.mutants [--report FILE] [--seconds N] [--most N]`. A mutant is a function whose code object
was exchanged in a forked process, so nothing on the disk is touched, and servers and modules are started once.
"""

# ruff: noqa: T201  # a command: its output is its purpose
from __future__ import annotations

import argparse
import ast
import copy
import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

Way = Callable[[Any], str]
CLONE = Path(__file__).resolve().parents[2]
_SEED = 20_261_127
_EACH_SECONDS = 45
_TENANCY = [
    "tenants/tests/test_isolation.py",
    "tenants/tests/test_channels.py",
    "tenants/tests/test_middleware.py",
    "config/tests/isolation/test_models.py",
]
# The code under test, and the quick tests that should notice, most telling first.
TARGETS: dict[str, list[str]] = {
    "lms/access/guard.py": ["lms/access/tests"],
    "lms/access/roles.py": ["lms/access/tests"],
    "tenants/context.py": _TENANCY,
    "tenants/router.py": _TENANCY,
    "tenants/sessions.py": ["tenants/tests/test_channels.py", "tenants/tests/test_middleware.py"],
    "tenants/signing.py": ["tenants/tests/test_channels.py"],
    "tenants/cache.py": ["tenants/tests/test_channels.py"],
    "tenants/middleware.py": ["tenants/tests/test_middleware.py"],
    "tenants/engine/base.py": _TENANCY,
}
_SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}


@dataclass(frozen=True)
class Mutant:
    """One change: the module, the line and what was done to it, and the code of the whole module with it."""

    path: str
    line: int
    what: str
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.what}"


def mutants(path: str) -> Iterator[Mutant]:
    """Every small change of the functions of one file."""
    tree = ast.parse((CLONE / path).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {
        id(part) for function in functions for statement in function.body for part in ast.walk(statement)
    }
    nodes = list(ast.walk(tree))
    for index, node in enumerate(nodes):
        if id(node) not in inside:
            continue
        for way in range(len(_ways(node))):
            changed = copy.deepcopy(tree)
            target = list(ast.walk(changed))[index]
            what = _ways(target)[way](target)
            if what:
                yield Mutant(path, getattr(node, "lineno", 0), what, ast.fix_missing_locations(changed))


def _ways(node: ast.AST) -> list[Way]:
    return [way for fits, ways in _RULES if fits(node) for way in ways]


def _is_logging(call: ast.Call) -> bool:
    return ast.unparse(call.func).startswith(("log.", "structlog.", "sentry_sdk."))


def _always(node: ast.If) -> str:
    node.test = ast.Constant(value=True)
    return "condition taken as true"


def _never(node: ast.If) -> str:
    node.test = ast.Constant(value=False)
    return "condition taken as false"


def _compare(node: ast.Compare) -> str:
    before = ast.unparse(node)
    node.ops[0] = _SWAPPED[type(node.ops[0])]()
    return f"{before} -> {ast.unparse(node)}"


def _and_or(node: ast.BoolOp) -> str:
    before = ast.unparse(node)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return f"{before} -> {ast.unparse(node)}"


def _without_not(node: ast.UnaryOp) -> str:
    before = ast.unparse(node)
    node.op, node.operand = ast.Not(), ast.UnaryOp(op=ast.Not(), operand=node.operand)
    return f"{before} -> its opposite"


def _other_bool(node: ast.Constant) -> str:
    node.value = not node.value
    return f"{not node.value} -> {node.value}"


def _no_raise(node: ast.Raise) -> str:
    what = ast.unparse(node)
    _become(node, ast.Pass())
    return f"without: {what[:70]}"


def _no_call(node: ast.Expr) -> str:
    what = ast.unparse(node)
    _become(node, ast.Pass())
    return f"without: {what[:70]}"


def _become(node: ast.AST, other: ast.AST) -> None:
    node.__class__ = other.__class__
    for field in list(vars(node)):
        if field not in {"lineno", "col_offset", "end_lineno", "end_col_offset"}:
            delattr(node, field)


# What may be done to which node.
_RULES: list[tuple[Callable[[Any], bool], list[Way]]] = [
    (lambda node: isinstance(node, ast.If | ast.IfExp), [_always, _never]),
    (lambda node: isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPPED, [_compare]),
    (lambda node: isinstance(node, ast.BoolOp), [_and_or]),
    (lambda node: isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not), [_without_not]),
    (lambda node: isinstance(node, ast.Constant) and isinstance(node.value, bool), [_other_bool]),
    (lambda node: isinstance(node, ast.Raise), [_no_raise]),
    (
        lambda node: (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _is_logging(node.value)
        ),
        [_no_call],
    ),
]


def apply(mutant: Mutant) -> int:
    """Exchange the code of every live function that the change touches; how many were."""
    file = str(CLONE / mutant.path)
    before = compile((CLONE / mutant.path).read_text(encoding="utf-8"), file, "exec")
    after = compile(mutant.tree, file, "exec")
    changed = {
        (old.co_qualname, old.co_firstlineno): new
        for old, new in zip(_codes(before), _codes(after), strict=False)
        if old.co_qualname == new.co_qualname and old.co_freevars == new.co_freevars and old != new
    }
    exchanged = 0
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__.co_filename == file:
            new = changed.get((found.__code__.co_qualname, found.__code__.co_firstlineno))
            if new is not None:
                found.__code__ = new
                exchanged += 1
    return exchanged


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _noticed(mutant: Mutant, tests: list[str]) -> bool | None:
    """Whether the tests fail with this change; None when the change reaches no living function."""
    child = os.fork()
    if child == 0:
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # ends with us
        if not apply(mutant):
            os._exit(99)
        import pytest

        os._exit(min(int(pytest.main([*_QUIET, "-x", *tests])), 98))
    deadline = time.monotonic() + _EACH_SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return None if code == 99 else code != 0
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return True  # it hangs: somebody would notice


_QUIET = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:warnings", "--no-header", "--tb=no"]


def main() -> int:
    """The exit code is 0 when at least 95 % were noticed."""
    parser = argparse.ArgumentParser(prog="python -m config.isolation.mutants", description=__doc__)
    parser.add_argument("--report", type=Path, help="add the figures to a scorecard")
    parser.add_argument("--seconds", type=int, default=240, help="stop trying after so long (default 240)")
    parser.add_argument("--most", type=int, default=0, help="try at most so many, drawn by a fixed seed")
    parser.add_argument("--only", choices=TARGETS, help="of one file")
    options = parser.parse_args()
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.test", DULY_KEEP_SERVERS="1")
    import pytest

    every = sorted(
        {test for path, tests in TARGETS.items() for test in tests if options.only in {None, path}}
    )
    if pytest.main([*_QUIET, *every]) != 0:
        print("The tests fail without any change.")
        return 2
    os.environ["DULY_DATABASE_READY"] = "1"
    drawn = [each for path in TARGETS if options.only in {None, path} for each in mutants(path)]
    random.Random(_SEED).shuffle(drawn)  # noqa: S311  # a sample, not a secret
    verdicts = _try_all(drawn[: options.most or None], options.seconds)
    from config.tests import servers

    servers.stop()
    return _report(verdicts, len(drawn), options.report)


def _try_all(drawn: list[Mutant], seconds: int) -> dict[Mutant, bool]:
    deadline = time.monotonic() + seconds
    verdicts: dict[Mutant, bool] = {}
    for mutant in drawn:
        if time.monotonic() > deadline:
            break
        noticed = _noticed(mutant, TARGETS[mutant.path])
        if noticed is not None:
            verdicts[mutant] = noticed
    return verdicts


def _report(verdicts: dict[Mutant, bool], possible: int, path: Path | None) -> int:
    survivors = [str(mutant) for mutant, noticed in verdicts.items() if not noticed]
    killed = len(verdicts) - len(survivors)
    for survivor in sorted(survivors):
        print(f"nobody noticed: {survivor}")
    share = 100 * killed / len(verdicts) if verdicts else 0
    print(f"{killed} of {len(verdicts)} mutants noticed ({share:.1f} %), of {possible} possible")
    if path:
        figures = {
            "mutants_tried": len(verdicts),
            "noticed": killed,
            "survived": len(survivors),
            "possible": possible,
        }
        path.write_text(json.dumps({"I20": {"figures": figures, "names": {}}}), encoding="utf-8")
    return 0 if share >= 95 else 1


if __name__ == "__main__":
    sys.exit(main())
