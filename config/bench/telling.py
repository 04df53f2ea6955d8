"""Run the workloads that were asked for, tell the figures, and write them down."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from config.bench import file, machine
from config.bench.options import Options
from config.demo.options import write_json
from config.demo.voice import say

_RUNS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {"file": file.run}


def perform(packed: str) -> None:
    options = Options.unpacked(packed)
    here = machine.describe()
    say(f"机器：{here['cores']} 核，{here['processor']}，负载 {here['load']}")
    say(f"Postgres：{here['postgres']}")
    results = []
    for name in options.workloads:
        result = _RUNS[name](seconds=options.seconds, tell=say)
        results.append({**result, "machine": here})
        for line in lines(result):
            say(line)
        write_json(options.json, results)


def lines(result: Mapping[str, Any]) -> list[str]:
    """The figures of one workload in words."""
    low, high = result["ci"]
    told = [
        f"【{result['workload']}】p50 {result['p50_ms']} ms，p99 {result['p99_ms']} ms，"
        f"最长 {result['max_ms']} ms（目标 p99 ≤ {result['target_p99_ms']:g} ms："
        f"{'达到' if result['met'] else '未达到'}）",
        f"  与裸 SQL 相比 {result['ratio_to_floor']}（95% 区间 {low}–{high}），"
        f"是朴素做法的 {result['ratio_to_naive']} 倍，A/A {result['a_to_a']}",
        f"  每页 {result['statements']} 条语句，数据库 {result['database_ms']} ms，"
        f"Python {result['python_ms']} ms；本进程 CPU {result['processor_ms']} ms",
    ]
    for name, page in result["pages"].items():
        told.append(f"  {name}：p50 {page['p50_ms']} ms，p99 {page['p99_ms']} ms")
    return told
