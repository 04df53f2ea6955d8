"""What pages and lists ask for first is built once for all who are alike."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from api import cases, pagination, receipts, tasks
from parties import access, statements, tenancy
from parties.access import Viewer
from parties.likeness import Ids
from portal import (
    holding,
    home,
    next_versions,
    notice_desk,
    notices,
    plan,
    record_lists,
    record_page,
    report_wordings,
)
from records import custody, notice_answers, part_policies, plan_evidence, record_parts
from records.models import Attachment, Notice, Objection, Participant, PreparedItem
from tests.factories import NOW, World
from workflow import alerts, meeting_guests, plan_waiting
from workflow.models import Notification, ReportWording

pytestmark = pytest.mark.django_db

Build = Callable[..., Any]

OF_THE_FIRST_PAGE: list[Build] = [
    home._tasks, home._messages, home._running, home._files, home._unanswered,
    record_lists._unsigned, record_lists._shut, record_lists._begun, record_lists._routed,
    part_policies.to_hold, meeting_guests._ahead, plan._at_home, plan_waiting._waiting,
    notices._own, notices._flagged, notices._sent, notice_answers._newest, notice_desk._unsent,
    alerts._waiting, report_wordings._open,
]  # fmt: skip
OF_A_RECORD: list[Build] = [
    custody._copies, holding._requests, next_versions._newest_after, record_page._filed,
]  # fmt: skip
READERS = ["teacher", "head_of_office", "grade_leader", "mother", "student", "mentor"]


@pytest.mark.parametrize("who", READERS)
def test_no_list_is_built_anew_for_the_next_reader(world: World, who: str) -> None:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)

        anew = [one for one in OF_THE_FIRST_PAGE if not statements.kept(one, viewer)]
        anew += [one for one in OF_A_RECORD if not statements.kept(one, viewer, uuid4())]

    assert not anew


@pytest.mark.parametrize("who", READERS)
def test_no_lookup_of_a_file_is_built_anew_for_the_next_reader(world: World, who: str) -> None:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)

        assert statements.kept(access._of_key, viewer, Attachment, uuid4())
        assert statements.kept(plan_evidence._stored, viewer, Ids([uuid4()]))


def test_parts_of_records_are_asked_for_alike_however_many_there_are(world: World) -> None:
    few, many = Ids([uuid4()]), Ids(uuid4() for _ in range(40))
    of_ids: list[Build] = [
        record_parts._statements, record_parts._signatures, record_parts._attachments,
        record_parts._overrides, record_parts._sealings,
    ]  # fmt: skip
    with tenancy.scope(world.id):
        for ids in (few, many):
            assert all(statements.kept(one, ids) for one in of_ids)
            for model in (Participant, PreparedItem):
                assert statements.kept(record_parts._all_of, model, ids)


@pytest.mark.parametrize("who", READERS)
def test_no_first_page_of_the_api_is_built_anew_for_the_next_reader(world: World, who: str) -> None:
    newest, of_model = ("-created_at", "pk"), Viewer.rows
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)
        asked: list[tuple[Any, ...]] = [
            (of_model, newest, viewer, Notice),
            (of_model, newest, viewer, Notification),
            (of_model, ("-checked_at", "pk"), viewer, ReportWording),
            (of_model, ("-filed_at", "pk"), viewer, Objection),
            (part_policies.to_hold, ("asked_at", "pk"), viewer),
            (receipts._own, newest, viewer),
            (cases._with_owner, ("-opened_at", "pk"), viewer),
            (tasks._in_state, newest, viewer, ""),
            (tasks._in_state, newest, viewer, "OPEN"),
        ]

        assert all(statements.kept(pagination._ordered, *one) for one in asked)
