"""What a draft is made of: statements, who took part, what was prepared."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.record_acts import RecordAct, answered, asked, changing
from api.record_inputs import ItemsInput, PeopleInput, SaidInput, plain
from api.views import read_body
from parties.access import Viewer
from records import drafts
from records.draft_input import Prepared, Present, Said
from records.models import CommunicationRecord


class StatementsView(RecordAct):
    @changing("加一条陈述", SaidInput, status=201)
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, SaidInput)
        who = asked(request, record_id, draft=True)

        def add(viewer: Viewer, *, record_id: UUID) -> CommunicationRecord:
            said = Said(**plain(given))
            made = drafts.state(viewer, record_id=record_id, said=said, seen=who.seen)
            return made.record

        return answered(request, given, lambda: who.alone(add), status=201)


class StatementView(RecordAct):
    @changing("修改自己写下的一条", SaidInput)
    def patch(self, request: Request, record_id: UUID, statement_id: UUID) -> Response:
        given = read_body(request, SaidInput)
        who = asked(request, record_id, draft=True)

        def restate(viewer: Viewer, *, record_id: UUID) -> CommunicationRecord:
            said = Said(**plain(given))
            made = drafts.restate(
                viewer,
                record_id=record_id,
                statement_id=statement_id,
                said=said,
                seen=who.seen,
            )
            return made.record

        return answered(request, given, lambda: who.alone(restate))

    @changing("撤回自己写下的一条", None)
    def delete(self, request: Request, record_id: UUID, statement_id: UUID) -> Response:
        who = asked(request, record_id, draft=True)

        def retract(viewer: Viewer, *, record_id: UUID) -> CommunicationRecord:
            drafts.retract(viewer, record_id=record_id, statement_id=statement_id, seen=who.seen)
            return viewer.get(CommunicationRecord, record_id)

        return answered(request, {}, lambda: who.alone(retract))


class ParticipantsView(RecordAct):
    @changing("参与人员（整份替换；记录人总在其中）", PeopleInput)
    def put(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, PeopleInput)
        who = asked(request, record_id, draft=True)
        people = [Present(**plain(one)) for one in given["participants"]]
        return answered(
            request, given, lambda: who.alone(drafts.attend, people=people, seen=who.seen)
        )


class PreparedView(RecordAct):
    @changing("事先准备的材料（整份替换）", ItemsInput)
    def put(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, ItemsInput)
        who = asked(request, record_id, draft=True)
        items = [Prepared(**plain(one)) for one in given["prepared"]]
        return answered(
            request, given, lambda: who.alone(drafts.prepare, items=items, seen=who.seen)
        )
