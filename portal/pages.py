"""What every page shares: the numbers to call, and kind words when something does not work."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import content_disposition_header

from portal import errands

_TROUBLE: Final[Mapping[int, tuple[str, str]]] = {
    400: ("没有看懂这个请求", "请返回上一页再试一次。"),
    401: ("需要重新登录", "请重新登录，或重新获取链接。"),
    403: ("这里您暂时不能操作", "如果您认为应当可以，请联系学校德育处。"),
    404: ("没有找到", "页面或事项不存在，或者不对您开放。"),
    405: ("没有看懂这个请求", "请返回上一页再试一次。"),
    409: ("情况已经变化", "可能有人先处理了。请刷新后再看。"),
    422: ("内容还需要修改", "请返回上一页修改后再提交。"),
    429: ("请稍等一会儿", "尝试的次数有点多，请过几分钟再试。"),
    500: ("我们这边出了问题", "已经记录下来，请稍后再试。"),
}


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Pages are Chinese whatever the browser asks for; the numbers are on every one."""
    with translation.override("zh-hans"):
        return render(
            request,
            f"portal/{template}.html",
            {
                "numbers": settings.CRISIS_NUMBERS,
                "errand": errands.of_visitor(request),
                **(context or {}),
            },
            status=status,
        )


def trouble(
    request: HttpRequest, status: int, why: str = "", *, typed: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    """A page that says what to do next. `why` is a sentence for people, never a technical one;
    `typed` are the words that came with the request, each with its label (portal.typed).
    """
    known = status if status in _TROUBLE else 500
    title, advice = _TROUBLE[known]
    context = {"title": title, "advice": why or advice, "code": known, "typed": typed}
    return show(request, "trouble", context, status=known)


def download(name: str, media_type: str, data: bytes) -> HttpResponse:
    """A file to keep: never shown as a page, whatever is in it."""
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
