"""What the story of two failed tests promises beside what every scenario does."""

from collections.abc import Mapping
from typing import Final

from config.demo.promises import COMMON
from config.demo.talks import PROMISES as TALK

PROMISES: Final[Mapping[str, str]] = {
    **TALK,
    "money.for_aid_officer": "家里的经济情况家长看得到，班主任写完也只见“家庭经济与资助”",
    "money.not_at_work": "企业看到“每周二、四 18:30 后不排班”，任何地方都没有收入和资助的一个字",
    "money.nowhere_outside": "发出去的短信、邮件和日历里没有收入和资助的一个字",
    "money.in_no_log": "所有进程的日志和发件箱里没有收入和资助的一个字",
    "family.checks_in": "家长每日签到监督作业，连续天数自己算",
    **COMMON,
}
