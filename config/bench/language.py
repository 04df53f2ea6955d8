"""The language check over ten kilobytes of text: what somebody waits for on a press of 签字.

Three arms read the same texts:
- the product: `records.language.check`, with the names of a class and of a school;
- the floor: NFKC, and one pass of the same automaton, whose hits nobody judges;
- the naive way: every spelling looked for on its own.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final

from config import startup
from config.bench import measuring
from config.bench.measuring import Rounds
from records.language import Author, Moment, check
from records.language.lexicon import Lexicon, default
from records.language.values import People

P99_TARGET_MS: Final = 20.0
BYTES: Final = 10_240
_CLASSMATES, _SCHOOLMATES = 50, 3_000
_FAMILY_NAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN_NAMES: Final = "子轩雨欣浩然思远佳怡文博梓涵俊熙"

#: Of records as homeroom teachers write them; none of it is listed.
_PLAIN: Final = (
    "10月9日第三节实训课，学生完成了榫头的锯割，尺寸误差0.6毫米，老师当场示范了一次。",
    "家长陈述：孩子每周二、周四晚上在亲戚的店里帮忙，九点半到家，作业一般在十点以后写。",
    "学生说上个月换了座位，看不清黑板，已和班主任约好下周一调整。",
    "双方商定：练习时间改到周三下午，家里每天签到一次，四周后再看技能测试的结果。",
)
#: The same with two listed phrases, one of them parted, and one that is only quoted.
_LISTED: Final = (
    "老师认为他就是问题学生，平时表现一贯很差，家长态度恶劣。",
    "家长的原话是“他不是坏孩子，别叫他问 题 学 生”，并要求写进记录。",
)


@dataclass
class Workload:
    """The texts, by what stands in them, and who is known by name."""

    texts: Mapping[str, str]
    people: People
    lexicon: Lexicon
    _turns: dict[str, Iterator[str]] = field(default_factory=dict)

    def product(self) -> str:
        kind = self._next("product")
        check(
            self.texts[kind],
            moment=Moment.SHARE,
            author=Author.STAFF,
            people=self.people,
            lexicon=self.lexicon,
        )
        return kind

    def floor(self) -> str:
        kind = self._next("floor")
        for _ in self.lexicon.automaton.iter(unicodedata.normalize("NFKC", self.texts[kind])):
            pass
        return kind

    def naive(self) -> str:
        kind = self._next("naive")
        text = unicodedata.normalize("NFKC", self.texts[kind])
        for written in self.lexicon.spellings:
            text.find(written)
        return kind

    def _next(self, arm: str) -> str:
        return next(self._turns.setdefault(arm, cycle(self.texts)))


def prepared() -> Workload:
    """One text without a listed phrase, one as records are, one of listed phrases alone."""
    words = default()
    phrases = [f"{row.phrase}，" for row in words.rows]
    texts = {
        "plain": _filled(_PLAIN),
        "mixed": _filled((*_PLAIN, *_LISTED)),
        "listed": _filled(phrases),
    }
    return Workload(texts, _people(), words)


def run(
    *,
    seconds: float,
    tell: Callable[[str], None],
    open_cases: int | None = None,  # noqa: ARG001 -- of the workloads of cases
) -> dict[str, Any]:
    """Let the arms take turns over the same texts."""
    work = prepared()
    arms = {"product": work.product, "floor": work.floor, "naive": work.naive}
    for arm in arms.values():
        for _ in range(2 * len(work.texts)):  # everything is built
            arm()
    startup.spare_what_stays()  # as every web process does
    return {"workload": "language", **_result(measuring.measure(arms, seconds=seconds, tell=tell))}


def _result(rounds: Rounds) -> dict[str, Any]:
    took = rounds.took("product")
    floor, naive = rounds.ratios("product", "floor"), rounds.ratios("product", "naive")
    texts = {kind: measuring.latency(times) for kind, times in took.items()}
    return {
        "ratio_to_floor": round(measuring.quantile(floor, 0.5), 4),
        "ratio_to_naive": round(measuring.quantile(naive, 0.5), 4),
        "ci": [round(edge, 4) for edge in measuring.interval(floor)],
        "a_to_a": round(measuring.quantile(rounds.same("product"), 0.5), 4),
        **measuring.latency([one for times in took.values() for one in times]),
        "texts": texts,
        "bytes": BYTES,
        "target_p99_ms": P99_TARGET_MS,
        "met": all(one["p99_ms"] <= P99_TARGET_MS for one in texts.values()),
        "rounds": len(rounds.rounds),
        "slots": rounds.slots,
    }


def _filled(sentences: Sequence[str]) -> str:
    """`sentences` by turns, up to BYTES of UTF-8."""
    turns, parts, left = cycle(sentences), list[str](), BYTES
    while left > 0:
        parts.append(next(turns))
        left -= len(parts[-1].encode())
    return "".join(parts).encode()[:BYTES].decode(errors="ignore")


def _people() -> People:
    names = [
        f"{family}{first}{second}"
        for first in _GIVEN_NAMES
        for second in _GIVEN_NAMES
        for family in _FAMILY_NAMES
    ]
    return People.named(
        own=names[:3],
        others=names[3 : 3 + _CLASSMATES],
        distant=frozenset(names[3 + _CLASSMATES : 3 + _CLASSMATES + _SCHOOLMATES]),
    )
