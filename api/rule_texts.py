"""What is wrong with one field, and the mend, in both languages."""

from typing import Final

from api.texts import Text
from records.uploads.kinds import LARGEST_OF_ALL, MEGABYTE

#: By the code of a broken rule: what is wrong, what to do.
RULES: Final[dict[str, tuple[Text, Text]]] = {
    "required": (Text("没有填写。", "Missing."), Text("请填写该项。", "Fill it in.")),
    "null": (Text("不能为 null。", "May not be null."), Text("请填写该项。", "Fill it in.")),
    "blank": (Text("不能为空。", "May not be empty."), Text("请填写该项。", "Fill it in.")),
    "invalid_choice": (
        Text("不在可选范围内。", "Not one of the choices."),
        Text("请从给出的选项中选择。", "Choose one of the listed values."),
    ),
    "max_length": (Text("太长。", "Too long."), Text("请缩短后重试。", "Shorten it.")),
    "text_size": (
        Text("超过 20 kB（约 6800 个汉字）。", "Larger than 20 kB in UTF-8."),
        Text("请分成几段，分别检查。", "Check it in parts."),
    ),
    "file_size": (
        Text(
            f"文件超过 {LARGEST_OF_ALL // MEGABYTE} MB 的上限。",
            f"The file is larger than {LARGEST_OF_ALL // MEGABYTE} MB.",
        ),
        Text(
            "请压缩或拆分后再上传；视频请只截取关键的一段。",
            "Compress or split it; of a video, cut out the part that matters.",
        ),
    ),
    "min_length": (Text("太短。", "Too short."), Text("请补充完整。", "Complete it.")),
    "max_value": (Text("太大。", "Too large."), Text("请改小。", "Choose a smaller value.")),
    "min_value": (Text("太小。", "Too small."), Text("请改大。", "Choose a larger value.")),
    "cursor": (
        Text("不是这个列表给出的翻页标记。", "Not a cursor that this list gave you."),
        Text("请去掉 cursor，从第一页重新开始。", "Leave it out and start from the first page."),
    ),
    "unknown": (
        Text("没有这一项。", "There is no such field."),
        Text("请删除该项。", "Remove it."),
    ),
    "repeated": (
        Text("出现了两次。", "Given twice."),
        Text("请只保留一个。", "Keep one of them."),
    ),
    "text": (
        Text("含有无法保存的字符。", "Holds characters that cannot be stored."),
        Text("请删除空字符或不完整的表情符号。", "Remove NUL characters and lone surrogates."),
    ),
    "number": (
        Text("数字超出范围。", "Number out of range."),
        Text("请填写合理的数字。", "Send a number in a sensible range."),
    ),
    "period": (
        Text("结束日期早于开始日期。", "The period ends before it begins."),
        Text("请调整日期。", "Change one of the dates."),
    ),
    "day": (
        Text("不是有效日期。", "Not a date."),
        Text(
            "请按 2026-10-09 的格式填写，年份在 2000 至 2099 之间。",
            "Write it like 2026-10-09, in a year from 2000 to 2099.",
        ),
    ),
    "moment": (
        Text("不是有效的时间。", "Not a moment."),
        Text(
            "请按 2026-10-09T15:30 的格式填写，年份在 2000 至 2099 之间。",
            "Write it like 2026-10-09T15:30, in a year from 2000 to 2099.",
        ),
    ),
    "json": (
        Text("不是有效的 JSON 数组。", "Not a valid JSON array."),
        Text("请按接口说明填写。", "Write it as the API description says."),
    ),
    "not_a_list": (
        Text("应当是数组。", "Not an array."),
        Text("请改为数组。", "Send an array."),
    ),
    "etag": (
        Text("不是这份记录的 ETag。", "Not an ETag of this record."),
        Text("请原样使用读取时得到的 ETag。", "Use the ETag exactly as it came."),
    ),
    "refused": (
        Text("不能接受。", "This cannot be accepted."),
        Text("请改正后重试。", "Correct it and send it again."),
    ),
}
#: With the lowest and the highest number in their places.
OUT_OF_RANGE: Final = (
    Text("应在 {low} 到 {high} 之间。", "Must be between {low} and {high}."),
    Text("请填写 {low} 到 {high} 的整数。", "Send a whole number from {low} to {high}."),
)
OTHER_RULE: Final = (
    Text("格式不对。", "Wrong format."),
    Text("请按接口说明的格式填写。", "Use the format that the API description asks for."),
)
