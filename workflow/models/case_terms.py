"""The words of a case that a program decides by, and what people read for them."""

from typing import Final

from django.db import models


class Channel(models.TextChoices):
    NOTICE = "NOTICE", "常规通知"
    MEETING = "MEETING", "面对面会谈"
    CRISIS = "CRISIS", "危机"


class State(models.TextChoices):
    OPENED = "OPENED", "已开启"
    TRIAGED = "TRIAGED", "已研判"
    IN_PROGRESS = "IN_PROGRESS", "处理中"
    WAITING_PARTY = "WAITING_PARTY", "等待一方"
    FOLLOW_UP = "FOLLOW_UP", "跟进中"
    EVALUATED = "EVALUATED", "已评估"
    CLOSED = "CLOSED", "已结案"
    REOPENED = "REOPENED", "已重启"
    CANCELLED = "CANCELLED", "已撤销"
    TRANSFERRED = "TRANSFERRED", "已移交"


class Colour(models.TextChoices):
    RED = "RED", "红"
    ORANGE = "ORANGE", "橙"
    YELLOW = "YELLOW", "黄"
    BLUE = "BLUE", "蓝"


class SafeToTell(models.TextChoices):
    UNDECIDED = "UNDECIDED", "尚未判定"
    YES = "YES", "可以告知监护人"
    NO = "NO", "不可告知涉事监护人"


#: Somebody still has to do something about it.
OPEN: Final = (
    State.OPENED,
    State.TRIAGED,
    State.IN_PROGRESS,
    State.WAITING_PARTY,
    State.FOLLOW_UP,
    State.EVALUATED,
    State.REOPENED,
)
#: Judged by two people, and not ended since.
TRIAGED: Final = (
    State.TRIAGED,
    State.IN_PROGRESS,
    State.WAITING_PARTY,
    State.FOLLOW_UP,
    State.EVALUATED,
)
#: Where a matter that is no crisis may come to its end.
SETTLING: Final = (
    State.OPENED,
    State.TRIAGED,
    State.IN_PROGRESS,
    State.WAITING_PARTY,
    State.EVALUATED,
)
ENDED: Final = (State.CLOSED, State.CANCELLED, State.TRANSFERRED)
