"""Ask for a one-time link by phone or e-mail."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import describe
from api.views import PublicView, Strict, read_body, text
from workflow import link_requests


class LinkInput(Strict):
    contact = text(longest=254, help_text="手机号码或邮箱地址")


class LinksView(PublicView):
    """The answer never says whether the contact is known."""

    @describe(
        "获取一次性登录链接（监护人、企业导师）",
        description="无论该联系方式是否登记，答复都相同。链接 10 分钟内有效，只能用一次。",
        body=LinkInput,
        answers={202: None},
        codes=["sign_in.too_many"],
        tags=["session"],
        public=True,
        post=True,
    )
    def post(self, request: Request) -> Response:
        given = read_body(request, LinkInput)
        link_requests.request(contact=given["contact"], address=request.META.get("REMOTE_ADDR", ""))
        return Response(status=202)
