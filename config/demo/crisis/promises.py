"""What the crisis promises beside what every scenario does."""

from collections.abc import Mapping
from typing import Final

from config.demo.promises import COMMON

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
    **COMMON,
}
