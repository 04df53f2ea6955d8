"""Ask the checker, and put its findings into the words and the JSON of the command."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from config import folders

PATIENCE_SECONDS: Final = 600
HARMS: Final = ("lost", "doubled", "skipped")
#: Violations that are told one by one; the JSON has all.
_TOLD: Final = 20


def ask(folder: Path, database: str) -> dict[str, Any]:
    """What the checker found. Raises CalledProcessError when it could not look."""
    argv = [sys.executable, "-m", "config.chaos.checker", str(folder), database]
    done = subprocess.run(  # noqa: S603 -- our own program
        argv,
        cwd=folders.BASE_DIR,
        check=True,
        stdout=subprocess.PIPE,
        timeout=PATIENCE_SECONDS,
    )
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def result(facts: Mapping[str, Any], *, seed: int, kinds: Mapping[str, int]) -> dict[str, Any]:
    """The JSON of the command."""
    violations = facts["violations"]
    harms = {harm: sum(one["harm"] == harm for one in violations) for harm in HARMS}
    return {
        "faults": sum(kinds.values()),
        **harms,
        "violations": violations,
        "seed": seed,
        "kinds": dict(sorted(kinds.items())),
        "checked": facts["checked"],
        "first_notice_s": facts["first_notice"],
        "late_at_rest_s": facts["late_at_rest"],
    }


def together(parts: Sequence[Mapping[str, Any]], *, seed: int) -> dict[str, Any]:
    """One result of several: counts are added up; of seconds, the worst of the parts is told."""
    return {
        **{count: sum(part[count] for part in parts) for count in ("faults", *HARMS)},
        "violations": [one for part in parts for one in part["violations"]],
        "seed": seed,
        "parts": len(parts),
        "kinds": _each(parts, "kinds", sum),
        "checked": _each(parts, "checked", sum),
        "first_notice_s": _each(parts, "first_notice_s", max),
        "late_at_rest_s": _each(parts, "late_at_rest_s", max),
    }


def _each(
    parts: Sequence[Mapping[str, Any]], what: str, one: Callable[[list[Any]], Any]
) -> dict[str, Any]:
    """`one` figure of those that the parts have under each name."""
    names = dict.fromkeys(name for part in parts for name in part[what])
    return {name: one([part[what][name] for part in parts if name in part[what]]) for name in names}


def nothing(why: str) -> dict[str, Any]:
    """The JSON when there was no campaign."""
    unknown: dict[str, Any] = dict.fromkeys(HARMS)
    return {"faults": 0, **unknown, "violations": [], "not_run": why}


def so_far(result: Mapping[str, Any]) -> str:
    """The harms after a part, of everything since the campaign began."""
    return (
        f"  核对至此：故障 {result['faults']} 次，"
        f"丢失 {result['lost']}，重复 {result['doubled']}，跳级 {result['skipped']}"
    )


def lines(result: Mapping[str, Any]) -> list[str]:
    """The result in words."""
    checked = "，".join(f"{name} {count}" for name, count in result["checked"].items())
    kinds = "，".join(f"{name} {count}" for name, count in result["kinds"].items())
    told = [
        f"故障 {result['faults']} 次（{kinds}）",
        f"核对：{checked}",
        f"丢失 {result['lost']}，重复 {result['doubled']}，跳级 {result['skipped']}，"
        f"违反不变量共 {len(result['violations'])} 处",
    ]
    if took := result["first_notice_s"]:
        told.append(
            f"危机首条通知（故障中，自回执起）：p50 {took['p50']} 秒，p99 {took['p99']} 秒，"
            f"最长 {took['max']} 秒"
        )
    for what, seconds in result["late_at_rest_s"].items():
        told.append(f"平静时发现晚了、随后补上：{what}，最多晚 {seconds:.1f} 秒")
    for one in result["violations"][:_TOLD]:
        told.append(f"  {one['invariant']} {one['harm']}：{one['what']} {one['where']}")
    if not result["faults"]:
        return told
    bound = 3 / result["faults"]
    if not any(result[harm] for harm in HARMS):
        told.append(f"统计：{result['faults']} 次中 0 次失败，95% 置信上限每次故障 {bound:.2%}。")
    return told
