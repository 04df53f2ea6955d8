"""Both sides' word: signed with a password or from a one-time link, refused, witnessed.

Each names what was read (`as_read` of the answer that showed it): 428 without, 409 for other words.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.auth import identity_of
from api.problems import Problem, Refused, broken, invalid
from api.record_acts import RecordAct, acting, answered, asked
from api.record_inputs import RecordSignInput, RefuseInput, WitnessInput, plain
from api.views import read_body
from parties import sign_in
from parties.errors import NotAllowed
from parties.sign_in import Identity, Means
from records.signatures import Method
from records.witnessed import Witnessed
from workflow import communication as acts

_CODES: Final = ("state.lost_race", "request.precondition_required")


class SignView(RecordAct):
    open_to_bound_links = True

    @acting(
        "签字",
        RecordSignInput,
        codes=[*_CODES, "sign_in.refused", "sign_in.too_many"],
        description="用密码登录的人须再输入一次密码；由一次性链接进入的，以链接为凭。",
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, RecordSignInput)
        who = asked(request, record_id)
        _refuse_unread(given)
        method = _method(identity_of(request), given)
        # The password is no part of what a key stands for, not even as a digest.
        rest = {name: value for name, value in given.items() if name != "password"}
        return answered(request, rest, lambda: acts.sign(**who.who, method=method, **rest))


class RefuseView(RecordAct):
    open_to_bound_links = True

    @acting("不签字，并说明理由", RefuseInput, codes=_CODES)
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, RefuseInput)
        who = asked(request, record_id)
        _refuse_unread(given)
        return answered(request, given, lambda: acts.refuse(**who.who, **given))


class WitnessView(RecordAct):
    @acting("代记签字（纸质、电话复述、拒签），须有另一位教职工见证", WitnessInput, codes=_CODES)
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, WitnessInput)
        who = asked(request, record_id)
        _refuse_unread(given)
        word = Witnessed(**plain(given))
        return answered(request, given, lambda: acts.witness(**who.who, given=word))


def _refuse_unread(given: Mapping[str, Any]) -> None:
    """Raises Refused: nothing says which words this is about."""
    if not given.get("as_read"):
        raise Refused(Problem("request.precondition_required"))


def _method(identity: Identity, given: dict[str, Any]) -> str:
    """How this person signs. Raises NotSignedIn, TooMany; Refused without a password."""
    if identity.means is Means.LINK:
        return Method.LINK
    if identity.means is not Means.PASSWORD:
        raise NotAllowed("签字须由本人登录。", act="sign")
    if not given.get("password"):
        raise invalid(broken("password", "required"))
    sign_in.confirm(identity.person, password=given["password"])
    return Method.IN_APP
