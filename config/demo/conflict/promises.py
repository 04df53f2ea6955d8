"""What the story of repeated conflicts promises beside what every scenario does."""

from collections.abc import Mapping
from typing import Final

from config.demo.promises import COMMON
from config.demo.talks import PROMISES as TALK

PROMISES: Final[Mapping[str, str]] = {
    **TALK,
    "clip.others_hidden": "监控视频换成遮住其他同学的一版，家长打开的就是它，每一帧都没有别人",
    "clip.original_kept": "原视频和它的哈希按第三人信息（TPD）留存：德育处打得开，家长打不开",
    "statements.sourced": "每一条都写明谁说的，是单方陈述还是已确认",
    "others.redacted": "其他学生的姓名对家长隐去",
    "objection.freezes": "家长提出异议，记录立即标明争议处理中",
    "objection.corrected": "班主任列出日期，另出新版本，家长满意后了结；旧版本原样保留",
    **COMMON,
}
