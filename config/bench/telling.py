"""Run the workloads that were asked for, tell the figures, and write them down."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from config.bench import file, language, machine, sweep
from config.bench.crisis import workload as crisis
from config.bench.options import Options
from config.bench.step import workload as step
from config.demo.options import write_json
from config.demo.voice import say

Run = Callable[..., dict[str, Any]]
Lines = Callable[[Mapping[str, Any]], list[str]]


def perform(packed: str) -> None:
    options = Options.unpacked(packed)
    here = machine.describe()
    say(
        f"机器：{here['cores']} 核，{here['processor']}，负载 {here['load']}，"
        f"fsync {here['fsync_us']} µs，Python {here['python']}（固定一段 {here['python_ms']} ms）"
    )
    say(f"Postgres：{here['postgres']}")
    results = []
    for name in options.workloads:
        run, lines = _WORKLOADS[name]
        result = run(seconds=options.seconds, tell=say, open_cases=options.open_cases)
        results.append({**result, "machine": here})
        for line in lines(result):
            say(line)
        write_json(options.json, results)


def file_lines(result: Mapping[str, Any]) -> list[str]:
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


def step_lines(result: Mapping[str, Any]) -> list[str]:
    (low, high), (least, most) = result["ci"], result["ci_to_naive"]
    per_s = "，".join(f"{arm} {rate}" for arm, rate in result["per_s"].items())
    return [
        f"【step】{result['clients']} 个并发，每秒步数：{per_s}；A/A {result['a_to_a']}",
        f"  与裸 SQL 相比 {result['ratio_to_floor']}（95% 区间 {low}–{high}，"
        f"目标 ≥ {result['target_ratio_to_floor']:g}），是朴素做法的 {result['ratio_to_naive']} 倍"
        f"（{least}–{most}，目标 ≥ {result['target_ratio_to_naive']:g}）："
        f"{'达到' if result['met'] else '未达到'}",
        f"  每秒到达 {result['arrivals_per_s']} 步时：p50 {result['p50_ms']} ms，"
        f"p99 {result['p99_ms']} ms，最长 {result['max_ms']} ms（{result['samples']} 次）",
        *_among_many(result),
    ]


def _among_many(result: Mapping[str, Any]) -> list[str]:
    if "open_cases" not in result:
        return []
    return [
        f"  另有 {result['open_cases']} 件未结个案时，速度为原来的 {result['speed_among_many']}"
        f"（目标 ≥ {result['target_speed_among_many']:g}）："
        f"{'达到' if result['met_among_many'] else '未达到'}"
    ]


def sweep_lines(result: Mapping[str, Any]) -> list[str]:
    low, high = result["ci"]
    return [
        f"【sweep】{result['open']} 个未到期中有 {result['due']} 个到期；A/A {result['a_to_a']}："
        f"{'达到' if result['met'] else '未达到'}",
        f"  取出到期者：p50 {result['p50_ms']} ms，是裸索引查询的 {result['claim_times_floor']} 倍"
        f"（目标 ≤ {result['target_claim_times_floor']:g}；速率比 {result['ratio_to_floor']}，"
        f"95% 区间 {low}–{high}）",
        f"  全部执行（{result['workers']} 个进程）：{result['all_done_s']} 秒"
        f"（目标 ≤ {result['target_all_done_s']:g}）；空查 p50 {result['empty_ms']['p50_ms']} ms"
        f"（目标 ≤ {result['target_empty_ms']:g}）",
    ]


def crisis_lines(result: Mapping[str, Any]) -> list[str]:
    since, low = result["since_commit"], result["floor_ms"]
    return [
        f"【crisis】报告到送出：p50 {result['p50_ms']} ms（目标 ≤ {result['target_p50_ms']:g}），"
        f"p99 {result['p99_ms']} ms（目标 ≤ {result['target_p99_ms']:g}），"
        f"最长 {result['max_ms']} ms，{result['samples']} 份："
        f"{'达到' if result['met'] else '未达到'}",
        f"  自提交起：p50 {since['p50_ms']} ms，p99 {since['p99_ms']} ms；"
        f"最短路径：p50 {low['p50_ms']} ms，p99 {low['p99_ms']} ms；A/A {result['a_to_a']}",
        f"  常规积压始终不少于 {result['backlog_least']} 条；持有者被杀 {result['killed_s']} 秒"
        f"（目标 ≤ {result['target_killed_s']:g}），代理关闭 {result['broker_off_s']} 秒"
        f"（目标 ≤ {result['target_broker_off_s']:g}）",
    ]


def language_lines(result: Mapping[str, Any]) -> list[str]:
    told = [
        f"【language】{result['bytes']} 字节：p50 {result['p50_ms']} ms，"
        f"p99 {result['p99_ms']} ms，最长 {result['max_ms']} ms"
        f"（目标：每种文本 p99 ≤ {result['target_p99_ms']:g} ms："
        f"{'达到' if result['met'] else '未达到'}）",
        f"  与只查不判相比 {result['ratio_to_floor']}，"
        f"是逐词查找的 {result['ratio_to_naive']} 倍，A/A {result['a_to_a']}",
    ]
    for name, text in result["texts"].items():
        told.append(f"  {name}：p50 {text['p50_ms']} ms，p99 {text['p99_ms']} ms")
    return told


_WORKLOADS: Final[Mapping[str, tuple[Run, Lines]]] = {
    "step": (step.run, step_lines),
    "sweep": (sweep.run, sweep_lines),
    "file": (file.run, file_lines),
    "crisis": (crisis.run, crisis_lines),
    "language": (language.run, language_lines),
}
