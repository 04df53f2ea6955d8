"""What the demo promises, checked against what really happened.

Each promise has a code. One that was never checked counts as broken: a story that ended early has
kept nothing.
"""

from collections.abc import Mapping
from typing import Final

PROMISES: Final[Mapping[str, str]] = {
    "report.once": "同一报告重复提交，只立一案，回执相同",
    "ladder.order": "阶梯逐级向上，一级不漏",
    "ladder.on_time": "每一级都在规定的时刻叫醒",
    "ladder.nobody_twice": "同一级里没有人被叫醒两次",
    "ladder.entitled": "只有德育处、心理、年级、副校长、校长能接报",
    "ladder.stopped": "接报之后不再叫醒任何人",
    "ladder.driver": "每一次升级都由预期的一方驱动",
    "clocks.missed": "错过的时限都成为事件",
    "father.sees_nothing": "涉事父亲看不到任何案件、待办、消息、横幅",
    "father.same_404": "涉事父亲打开本案与打开不存在的案件，答复逐字节相同",
    "father.hears_nothing": "没有任何关于本案的消息发给涉事父亲",
    "mother.called": "母亲接到电话，并收到不含内容的短信",
    "mother.sees_her_part": "母亲能看到自己那一部分，看不到报告内容",
    "mandatory_report.two_names": "强制报告有时间、回执和两个人的签名",
    "zero_report.every_day": "零报告每天一份，周末也有，漏报成为事件",
    "texts.content_free": "发出去的短信和邮件没有姓名，也没有发生了什么",
    "texts.same_key": "网关繁忙后重发，编号和内容不变，只算一条",
    "outside.accepted": "外部网关没有拒绝任何一条（签名、格式）",
    "web.no_faults": "网站没有一次 5xx",
    "engine.no_faults": "流程没有停下，没有一条消息无法送达",
}


class Promises:
    """Collects what was checked. A promise checked several times must hold each time."""

    def __init__(self) -> None:
        self._checked: set[str] = set()
        self._broken: dict[str, str] = {}

    def check(self, code: str, kept: bool, detail: str = "") -> None:  # noqa: FBT001
        """Note whether `code` held; `detail` holds codes and numbers, never names."""
        if code not in PROMISES:
            raise KeyError(code)
        self._checked.add(code)
        if not kept:
            self._broken.setdefault(code, detail or "no")

    def broken(self) -> list[str]:
        """Every promise that did not hold or was not reached, in the order of the list."""
        found = {code: f"{code}: {detail}" for code, detail in self._broken.items()}
        for code in PROMISES:
            if code not in self._checked:
                found.setdefault(code, f"{code}: not reached")
        return [found[code] for code in PROMISES if code in found]

    def summary(self) -> list[str]:
        """One line per promise, for people."""
        broken = {line.partition(":")[0]: line for line in self.broken()}
        return [
            f"  ✗ {sentence}（{broken[code]}）" if code in broken else f"  ✓ {sentence}"
            for code, sentence in PROMISES.items()
        ]
