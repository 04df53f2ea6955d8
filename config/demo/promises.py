"""What the demo promises, checked against what really happened.

Each promise has a code. One that was never checked counts as broken: a story that ended early has
kept nothing.
"""

from collections.abc import Mapping
from typing import Final

#: What holds in every scenario, whatever its story is.
COMMON: Final[Mapping[str, str]] = {
    "texts.content_free": "发出去的短信和邮件没有姓名，也没有发生了什么",
    "texts.same_key": "网关繁忙后重发，编号和内容不变，只算一条",
    "outside.accepted": "外部网关没有拒绝任何一条（签名、格式）",
    "web.no_faults": "网站没有一次 5xx",
    "engine.no_faults": "流程没有停下，没有一条消息无法送达",
}


class Promises:
    """Collects what was checked of a scenario's `listed` promises (code: sentence).

    A promise checked several times must hold each time.
    """

    def __init__(self, listed: Mapping[str, str]) -> None:
        self._listed = listed
        self._checked: set[str] = set()
        self._broken: dict[str, str] = {}

    def check(self, code: str, kept: bool, detail: str = "") -> None:  # noqa: FBT001
        """Note whether `code` held; `detail` holds codes and numbers, never names."""
        if code not in self._listed:
            raise KeyError(code)
        self._checked.add(code)
        if not kept:
            self._broken.setdefault(code, detail or "no")

    def broken(self) -> list[str]:
        """Every promise that did not hold or was not reached, in the order of the list."""
        found = {code: f"{code}: {detail}" for code, detail in self._broken.items()}
        for code in self._listed:
            if code not in self._checked:
                found.setdefault(code, f"{code}: not reached")
        return [found[code] for code in self._listed if code in found]

    def summary(self) -> list[str]:
        """One line per promise, for people."""
        broken = {line.partition(":")[0]: line for line in self.broken()}
        return [
            f"  ✗ {sentence}（{broken[code]}）" if code in broken else f"  ✓ {sentence}"
            for code, sentence in self._listed.items()
        ]
