"""Which version of a record a request builds on, and which one an answer shows.

Who writes a record gets `"version.edits"`, so that a lost race can name both sides. Everybody else
gets a digest of their own answer: a number of edits would tell them about what they may not see.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import Problem, Refused, broken, invalid
from parties.errors import LostRace
from records.models import CommunicationRecord

_TAG: Final = re.compile(r'"(\d{1,4})\.(\d{1,8})"')

IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="读取时得到的 ETag。缺少时 428；别人先改了 409，yours 与 current 指明两个版本。",
)
IF_NONE_MATCH: Final = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="已有的 ETag；没有变化时 304。"
)


def of(body: Mapping[str, Any]) -> str:
    """The tag of one answer about a record."""
    if "edits" in body:
        return f'"{body["version"]}.{body["edits"]}"'
    written = json.dumps(body, sort_keys=True, default=str)
    return f'"{hashlib.sha256(written.encode()).hexdigest()[:32]}"'


def tagged(answer: Response) -> Response:
    """The answer with the tag of what it shows; a repeated one included."""
    answer["ETag"] = of(answer.data)
    return answer


def unless_known(request: Request, body: Mapping[str, Any]) -> Response:
    """The body, or 304 for who has exactly this one."""
    known = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    tag = of(body)
    if tag in known or f"W/{tag}" in known:
        return Response(status=304, headers={"ETag": tag})
    return tagged(Response(body))


def seen(request: Request, record: CommunicationRecord) -> int:
    """The edit that the request builds on; whether it is still the latest, the domain asks.

    Raises Refused: no `If-Match`, or none of ours. LostRace: it is about another version.
    """
    given = request.headers.get("If-Match")
    if given is None:
        raise Refused(Problem("request.precondition_required"))
    found = _TAG.fullmatch(given.strip())
    if found is None:
        raise invalid(broken("If-Match", "etag"))
    if int(found[1]) != record.version:
        raise LostRace(
            "这份记录已是另一个版本，请先看最新内容再改。",
            yours=given.strip('" '),
            current=f"{record.version}.{record.edits}",
        )
    return int(found[2])
