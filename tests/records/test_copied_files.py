"""Files and material of a talk on a copy: what a signature covers can be compared with it, as far
as whoever takes the copy, or is handed it, may know of them.
"""

import json
from typing import Any

import pytest

from parties import tenancy
from records import drafts, file_names, record_copies
from records.draft_input import Prepared
from records.exports import Purpose as FilePurpose
from records.models import Attachment, CommunicationRecord
from records.record_copies import Purpose
from tests.factories import World
from tests.records.desk import Desk
from tests.records.filed import UNROUTED, case
from tests.records.printing.sheets import pages
from tests.records.test_attachments import add, finish
from tests.records.test_file_records import collect
from tests.records.test_prepared_files import PICTURE

pytestmark = pytest.mark.django_db

DUTY = "德育处交办，面谈当天用"


def taken(
    desk: Desk, record: CommunicationRecord, by: str, form: str, purpose: Purpose = Purpose.KEEP
) -> bytes:
    return record_copies.export(
        school_id=desk.world.id,
        by=desk.world[by],
        at=desk.at,
        record_id=record.pk,
        form=form,
        purpose=purpose,
    ).data


def body(desk: Desk, record: CommunicationRecord, by: str, **more: Any) -> Any:
    return json.loads(taken(desk, record, by, "json", **more))["body"]


def printed(desk: Desk, record: CommunicationRecord, by: str, **more: Any) -> str:
    return "".join(pages(taken(desk, record, by, "pdf", **more)))


def digest(file: Attachment) -> str:
    return bytes(file.sha256).hex()


def lay(desk: Desk, record: CommunicationRecord, file: Attachment) -> None:
    """A list of marks with a file, and a report that a duty allows on the table."""
    marks = Prepared(kind="TRANSCRIPT", note="期中成绩", attachment=file.pk)
    report = Prepared(kind="PSY_REPORT", basis="DUTY", duty="TALK", basis_note=DUTY)
    with desk.as_("teacher") as viewer:
        drafts.prepare(viewer, record_id=record.pk, items=[marks, report])


def founded(desk: Desk, record: CommunicationRecord, file: Attachment) -> None:
    """A psychological file is here by a duty; others need none."""
    if "PSY" in file.sensitivity:
        why = {"basis": "DUTY", "duty": "TALK", "basis_note": DUTY}
        with desk.as_("teacher") as viewer:
            item = Prepared(kind="PSY_REPORT", attachment=file.pk, **why)
            drafts.prepare(viewer, record_id=record.pk, items=[item])


def test_a_copy_names_each_file_with_its_hash_its_class_and_what_became_of_others(
    desk: Desk,
) -> None:
    record = desk.drafted()
    made = add(desk, record, redaction="DECLARED")
    finish(desk, record)
    told = {
        "name": file_names.plain(made),
        "kind": "附件",
        "classes": "沟通内容",
        "sha256": digest(made),
        "others": "上传者声明已隐去他人信息",
    }

    assert body(desk, record, "mother")["attachments"] == [told]
    assert body(desk, record, "teacher")["attachments"] == [told]
    text = printed(desk, record, "mother")
    assert not [words for words in told.values() if words not in text]


@pytest.mark.parametrize("hidden", [{"redaction": "NEEDED"}, {"sensitivity": "PSY"}])
@pytest.mark.parametrize("who", ["mother", "father", "student"])
def test_who_may_not_know_of_a_file_finds_nothing_of_it(
    desk: Desk, who: str, hidden: dict[str, str]
) -> None:
    record = desk.drafted()
    made = add(desk, record, **hidden)
    founded(desk, record, made)
    finish(desk, record)

    tree, text = body(desk, record, who), printed(desk, record, who)

    assert tree["attachments"] == []
    written = json.dumps(tree, ensure_ascii=False)
    for words in (file_names.plain(made), digest(made), "谈话.jpg", "附件", "第三人", "心理"):
        assert words not in written, words
        assert words not in text, words


def test_the_team_compares_what_shows_others(desk: Desk) -> None:
    record = desk.drafted()
    made = add(desk, record, redaction="NEEDED")
    finish(desk, record)

    (told,) = body(desk, record, "head_of_office")["attachments"]

    assert (told["sha256"], told["others"]) == (digest(made), "含他人信息，未隐去")
    assert told["classes"] == "沟通内容、第三人信息"
    assert digest(made) in printed(desk, record, "head_of_office")


def test_what_lay_on_the_table_is_told_with_its_basis_to_whom_it_is_for(desk: Desk) -> None:
    record = desk.drafted()
    file = add(desk, record)
    lay(desk, record, file)
    desk.check(record)
    desk.offer(record)

    marks, report = sorted(body(desk, record, "teacher")["prepared"], key=lambda one: one["basis"])

    plain = file_names.plain(file)
    assert marks == {"kind": "成绩单", "what": "期中成绩", "file": plain, "basis": ""}
    assert report["kind"] == "心理评估报告"
    assert report["basis"].startswith("职责所需，与监护人沟通学生心理健康情况")
    assert report["basis"].endswith(DUTY)
    text = printed(desk, record, "teacher")
    assert "准备材料" in text
    assert "期中成绩" in text
    assert DUTY in text
    for who in ("mother", "student"):
        assert body(desk, record, who)["prepared"] == []
        assert not [
            one for one in ("准备材料", "期中成绩", DUTY) if one in printed(desk, record, who)
        ]


def test_of_a_report_nobody_is_told_once_it_is_signed_but_who_reads_such_reports(
    desk: Desk,
) -> None:
    record = desk.drafted()
    lay(desk, record, add(desk, record))
    finish(desk, record)

    for who in ("teacher", "head_of_office"):
        assert [one["kind"] for one in body(desk, record, who)["prepared"]] == ["成绩单"], who
        assert DUTY not in printed(desk, record, who)


@pytest.mark.parametrize("purpose", [Purpose.SIGN, Purpose.TALK, Purpose.AUTHORITY])
def test_what_is_handed_to_others_tells_no_more_of_files_than_the_family_may_know(
    desk: Desk, purpose: Purpose
) -> None:
    record = desk.drafted()
    shown = add(desk, record)
    hidden = add(desk, record, redaction="NEEDED", **PICTURE)
    lay(desk, record, shown)
    desk.check(record)
    desk.offer(record)
    assert len(body(desk, record, "teacher")["attachments"]) == 2

    tree = body(desk, record, "teacher", purpose=purpose)

    assert [one["sha256"] for one in tree["attachments"]] == [digest(shown)]
    assert tree["prepared"] == []
    text = printed(desk, record, "teacher", purpose=purpose)
    assert "心理" not in text
    assert digest(shown) in text
    assert digest(hidden) not in text


def test_a_copy_of_the_file_that_leaves_the_school_tells_no_more_either(desk: Desk) -> None:
    record = desk.drafted()
    lay(desk, record, add(desk, record, redaction="NEEDED"))
    desk.check(record)
    desk.offer(record)

    (inside,) = collect(desk, "teacher", FilePurpose.REVIEW)[0].records
    (outside,) = collect(desk, "teacher", FilePurpose.INSPECTION)[0].records

    assert (len(inside.attachments), len(inside.prepared)) == (1, 2)
    assert (outside.attachments, outside.prepared) == ((), ())


def test_the_case_is_named_to_whom_it_exists(desk: Desk, world: World) -> None:
    with tenancy.scope(world.id):
        found = case(world, **UNROUTED)
    record = desk.drafted(case_id=found.pk)
    finish(desk, record)

    seen = {who: body(desk, record, who)["case_no"] for who in ("head_of_office", "mother")}

    assert seen == {"head_of_office": str(found.pk), "mother": ""}
    assert f"所属事项{found.pk}" in printed(desk, record, "head_of_office")
    assert "所属事项" not in printed(desk, record, "mother")


def test_a_paper_that_a_guardian_signs_names_no_case(desk: Desk, world: World) -> None:
    with tenancy.scope(world.id):
        found = case(world, **UNROUTED)
    record = desk.offered(case_id=found.pk)
    assert body(desk, record, "teacher")["case_no"] == str(found.pk)

    assert body(desk, record, "teacher", purpose=Purpose.SIGN)["case_no"] == ""
