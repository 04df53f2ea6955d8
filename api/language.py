"""Neutral words while somebody still writes: what to think over, and how else to say it.

Nothing is stored or decided here: whoever signs or shares is checked again by the service, as the
author they are. Only that decision counts.
"""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.schema import describe
from api.views import ApiView, Id, Strict, read_body, viewing
from parties.models import Student
from records import lexicons, softer_words
from records.language import (
    Author,
    Effect,
    Field,
    Level,
    Lexicon,
    Moment,
    People,
    Severity,
    check,
)

#: Bytes in UTF-8, about 6,800 Chinese characters: ten times the longest record in use.
LARGEST_TEXT: Final = 20 * 1024

_MOMENTS: Final = [
    (Moment.DRAFT.value, "起草"),
    (Moment.SIGN.value, "签名前"),
    (Moment.SHARE.value, "对外提供前"),
    (Moment.CRISIS.value, "危机报告发出后"),
]
_AUTHORS: Final = [
    (Author.STAFF.value, "教职工"),
    (Author.COMPANY.value, "企业"),
    (Author.PARENT.value, "家长或学生本人"),
]


class Passage(serializers.CharField):
    """A text exactly as it was written, outer spaces included: offsets refer to it."""

    default_error_messages = {"text_size": "too large"}

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, allow_blank=True, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data.encode()) > LARGEST_TEXT:
            self.fail("text_size")
        return super().to_internal_value(data)


class CheckInput(Strict):
    text = Passage(help_text="要检查的文字，UTF-8 不超过 20 kB")
    moment = serializers.ChoiceField(_MOMENTS, help_text="将要做什么")
    author = serializers.ChoiceField(
        _AUTHORS, required=False, help_text="由谁书写；不填则按登录的人"
    )
    student = Id(required=False, help_text="写的是哪名学生：教职工书写时，其他学生的姓名一并提示")
    quote = serializers.BooleanField(
        default=False, help_text="写在注明来源的原话栏：“ ”内的话可以保留"
    )


class FindingSerializer(serializers.Serializer[Any]):
    """`start` and `end` (exclusive) count Unicode code points, not UTF-16 units."""

    phrase = serializers.CharField(help_text="词表中的词；原文的写法见 start 至 end")
    severity = serializers.ChoiceField(
        [each.value for each in Severity],
        help_text="forbidden 不能写进签字的记录；discouraged 宜换说法，否认或提到的词也是",
    )
    category = serializers.CharField(help_text="词的类别，如 parent_blame")
    start = serializers.IntegerField(min_value=0, help_text="按码点计，从 0 开始")
    end = serializers.IntegerField(min_value=0, help_text="按码点计，不含")
    suggestion = serializers.CharField(help_text="可以这样写；〔〕内填事实")
    effect = serializers.ChoiceField(
        [each.value for each in Effect],
        help_text="quote 显示为引语；hint 提示；confirm 点一下确认；block 须修改",
    )
    note = serializers.CharField(help_text="给书写人看的一句话")


class VerdictSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField([each.value for each in Level])
    findings = FindingSerializer(many=True)


_EXAMPLES: Final = [
    OpenApiExample(
        "签名前",
        value={"text": "该生上课走神，家长不配合。", "moment": "sign"},
        request_only=True,
    ),
]


class CheckView(ApiView):
    @describe(
        "检查用语是否中性",
        description="只检查，不保存；签名与对外提供时由系统再次检查，以那一次为准。",
        body=CheckInput,
        answers={200: VerdictSerializer},
        codes=["access.not_found"],
        tags=["language"],
        post=True,
        examples=_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        given = read_body(request, CheckInput)

        def act() -> Response:
            author, words, people = _as_asked(request, given)
            verdict = check(
                given["text"],
                moment=Moment(given["moment"]),
                author=author,
                field=Field.QUOTE if given["quote"] else Field.NARRATIVE,
                people=people,
                lexicon=words,
            )
            return Response(verdict.as_json())

        return idempotency.once(request, given, act)


def _as_asked(request: Request, given: dict[str, Any]) -> tuple[Author, Lexicon, People]:
    """As whom, by which school's words, and with which names: those that whoever asks knows."""
    with viewing(request) as viewer:
        author = Author(given["author"]) if "author" in given else softer_words.author_of(viewer)
        student = viewer.get(Student, given["student"]) if "student" in given else None
        people = softer_words.known_to(viewer, student)
        return author, lexicons.of(viewer.person.school_id), people
