"""What the mass notice promises beside what every scenario does."""

from collections.abc import Mapping
from typing import Final

from config.demo.promises import COMMON

PROMISES: Final[Mapping[str, str]] = {
    "gate.stops": "写了“张三助学金已发放”的群发通知被拦下，逐条说明词语、位置、原因、改法",
    "gate.nothing_left": "被拦下的通知没有发出任何一条",
    "gate.mended": "改掉之后顺利提交",
    "preview.before": "发送前能看到有多少学生、多少份、多少户要送纸质通知单",
    "approval.by_scope": "年级通知由年级组长审批，作者自己批不了",
    "quiet.hours": "晚上九点到早上七点之间不打扰家长，早上七点发出",
    "receipt.per_child": "每位家长、每个孩子一份，孩子的名字在最上面",
    "receipt.by_link": "家长打开短信里的链接即可确认，链接不能打开别的",
    "parents.apart": "家长看不到其他家长：没有名单，没有人数，内容不因别人答复而变",
    "silence.resent": "满 24 小时未答复的再发一次",
    "silence.texted": "满 48 小时未答复的短信提醒",
    "silence.called": "满 72 小时仍未答复的，请班主任打电话，联系记录有时间、方式、结果",
    "answered.left_alone": "已答复的家庭不再收到任何提醒",
    "teacher.sees_who": "班主任看到还要联系谁，年级组长只看到数字",
    "danger.hint": "回复里的危险用语立即提醒班主任和德育处，谁也不会被拦住",
    **COMMON,
}
