"""A communication record on a phone: written, handed over, read, signed, refused, objected to."""

import re
from typing import Any

import pytest

from parties import tenancy
from parties.models import SignInLink
from records.models import CommunicationRecord, Objection, Signature, Statement
from tests.api.callers import PASSWORD
from tests.api.papers import FACT, MONEY, Paper, effective, offered, upload, written
from tests.factories import World
from tests.portal.visitors import Phone, by_link, by_password
from tests.records.uploads.files import jpeg
from workflow.models import Notification

TYPED = {
    "started_at": "2026-10-09T16:00",
    "place_kind": "OFFICE",
    "presence": "IN_PERSON",
    "s_FACT": FACT,
}


def by_record_link(world: World, who: str, record_id: str) -> Phone:
    return by_link(world, who, purpose=SignInLink.Purpose.RECORD, target_id=record_id)


def stored(world: World) -> CommunicationRecord:
    with tenancy.scope(world.id):
        return CommunicationRecord.objects.get()


def writing(world: World, trigger: str = "PRAISE") -> tuple[Phone, str]:
    phone = by_password(world, "teacher")
    address = f"/students/{world.student.pk}/records/new?trigger={trigger}"
    phone.open(address)
    return phone, address


def test_a_teacher_writes_a_record_and_hands_it_over_in_one_go(world: World) -> None:
    phone = by_password(world, "teacher")
    phone.open("/records/new")
    assert "student" in phone.text
    phone.open(f"/students/{world.student.pk}/records/new")
    assert "学业预警" in phone.text
    phone, address = writing(world)
    assert "写一件具体的事。" in phone.text

    phone.send(
        address, offer="1", nonce=phone.value("nonce"), people=[str(world["mother"].pk)], **TYPED
    )

    assert "待签字" in phone.text
    assert FACT in phone.text
    assert "mother（家长，母亲，到场）" in phone.text
    assert stored(world).state == "PENDING_SIGNATURES"
    with tenancy.scope(world.id):
        assert Notification.objects.filter(template="link.record").exists()


def test_how_else_to_say_it_stands_beside_the_words_and_nothing_is_kept_yet(
    world: World,
) -> None:
    phone, address = writing(world)

    phone.send(address, look="1", **{**TYPED, "s_FACT": "该生是差生，上课走神。"})

    assert "可以换一种说法" in phone.text
    assert "“差生”" in phone.text
    assert "该生是差生" in phone.html
    with tenancy.scope(world.id):
        assert not CommunicationRecord.objects.exists()


def test_a_forbidden_word_keeps_the_page_and_stores_nothing(world: World) -> None:
    phone, address = writing(world)

    answer = phone.send(address, offer="1", **{**TYPED, "s_FACT": "该生是差生。"})

    assert answer.status_code == 400
    assert "不能写进交签的记录" in phone.text
    assert "该生是差生" in phone.html
    with tenancy.scope(world.id):
        assert not CommunicationRecord.objects.exists()


def test_a_second_tap_writes_no_second_record(world: World) -> None:
    phone, address = writing(world)
    nonce = phone.value("nonce")

    phone.send(address, keep="1", nonce=nonce, **TYPED)
    first = phone.text
    phone.send(address, keep="1", nonce=nonce, **TYPED)

    assert stored(world).state == "DRAFT"
    assert "草稿" in first


def test_a_draft_is_gone_on_with(world: World) -> None:
    phone, address = writing(world)
    phone.send(address, keep="1", **TYPED)
    record = stored(world)
    phone.open(f"/records/{record.pk}/edit")
    assert FACT in phone.html
    edits = phone.value("seen")

    changed = {
        **TYPED,
        "s_FACT": "10月8日考核 52 分。",
        "s_ADVICE": "每周补一次课。",
        "seen": edits,
    }
    phone.send(f"/records/{record.pk}/edit", keep="1", **changed)
    assert "每周补一次课。" in phone.text
    assert FACT not in phone.text
    answer = phone.send(f"/records/{record.pk}/edit", keep="1", **{**changed, "s_FACT": "又改"})

    assert answer.status_code == 409
    assert "刚被修改过" in phone.text


def test_the_author_hands_it_over_and_takes_it_back(world: World) -> None:
    paper = written(world)
    phone = by_password(world, "teacher")
    phone.open("/")
    assert "没有写完的沟通记录" in phone.text
    phone.open(f"/records/{paper.id}")

    phone.send(f"/records/{paper.id}/offer", seen=phone.value("seen"))
    assert stored(world).state == "PENDING_SIGNATURES"
    phone.send(f"/records/{paper.id}/recall", seen=phone.value("seen"))

    assert stored(world).state == "DRAFT"


def test_what_stops_the_hand_over_is_said_on_the_page(world: World) -> None:
    paper = written(world, "该生是差生。")
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}")

    answer = phone.send(f"/records/{paper.id}/offer", seen=phone.value("seen"))

    assert answer.status_code == 400
    assert "可以写：" in phone.text


def test_a_mother_signs_from_the_link_in_her_message(world: World) -> None:
    paper = offered(world)
    paper.sign()

    phone = by_record_link(world, "mother", paper.id)
    assert FACT in phone.text
    assert "教师观察" in phone.text
    assert "单方陈述" in phone.text
    assert 'type="password"' not in phone.html
    phone.send(f"/records/{paper.id}/sign", note="已与孩子谈过")

    assert "已生效" in phone.text
    assert "已与孩子谈过" in phone.text
    with tenancy.scope(world.id):
        assert Signature.objects.get(signer=world["mother"]).method == "LINK"


def test_who_signed_in_with_a_password_gives_it_once_more(world: World) -> None:
    paper = offered(world)
    phone = by_password(world, "mother")
    phone.open("/")
    assert "等您签字的沟通记录" in phone.text
    phone.open(f"/records/{paper.id}")

    answer = phone.send(f"/records/{paper.id}/sign", password="wrong")  # noqa: S106
    assert (answer.status_code, "密码不正确" in phone.text) == (400, True)
    phone.send(f"/records/{paper.id}/sign", password=PASSWORD)

    assert "mother（家庭）电子签名" in phone.text
    phone.open("/")
    assert "等您签字的沟通记录" not in phone.text


def test_a_refusal_needs_a_reason_and_is_said_on_top(world: World) -> None:
    paper = offered(world)
    paper.sign()
    phone = by_record_link(world, "mother", paper.id)

    assert phone.send(f"/records/{paper.id}/refuse", reason=" ").status_code == 400
    assert "请写一句不签字的理由" in phone.text
    phone.send(f"/records/{paper.id}/refuse", reason="与事实不符")

    assert "校方记录，家长未签" in phone.text
    assert "与事实不符" in phone.text


def test_an_objection_is_made_answered_and_ended_on_the_phone(world: World) -> None:
    paper = effective(world)
    phone = by_record_link(world, "mother", paper.id)
    phone.open(f"/records/{paper.id}/object")
    assert FACT[:10] in phone.text

    assert phone.send(f"/records/{paper.id}/object", words="不对").status_code == 400
    chosen = {"ground": "WRONG", "wish": "CORRECT"}
    assert phone.send(f"/records/{paper.id}/object", words="\u200b", **chosen).status_code == 400
    phone.send(f"/records/{paper.id}/object", ground="WRONG", wish="CORRECT", words="只有一次")
    assert "争议处理中" in phone.text
    assert "已提出" in phone.text
    with tenancy.scope(world.id):
        address = f"/records/{paper.id}/objections/{Objection.objects.get().pk}"
    teacher = by_password(world, "teacher")
    teacher.open(f"/records/{paper.id}")
    teacher.send(address, how="answer", reply="REFUSED", words="两次都有记录")
    phone.open(f"/records/{paper.id}")
    assert "两次都有记录" in phone.text
    phone.send(address, how="annotate", words="当天发烧")
    phone.send(address, how="annotate", words="以考勤为准")
    phone.send(address, how="content")

    assert "争议处理中" not in phone.text
    assert phone.text.index("当天发烧") < phone.text.index("以考勤为准")
    assert "已了结" in phone.text


def test_an_objection_is_accepted_on_the_phone_after_the_next_version_was_begun(
    world: World,
) -> None:
    paper = effective(world)
    mother, teacher = by_record_link(world, "mother", paper.id), by_password(world, "teacher")
    mother.open(f"/records/{paper.id}/object")
    mother.send(f"/records/{paper.id}/object", ground="WRONG", wish="CORRECT", words="只有一次")
    newer = paper.writer.post(f"/records/{paper.id}/next-version", {}).json()["id"]
    with tenancy.scope(world.id):
        address = f"/records/{paper.id}/objections/{Objection.objects.get().pk}"
    teacher.open(f"/records/{paper.id}")
    assert "接受，在新版本中更正" in teacher.text

    teacher.send(address, how="answer", reply="ACCEPTED", words="第二版已改为一次")

    assert "第二版已改为一次" in teacher.text
    with tenancy.scope(world.id):
        assert str(Objection.objects.get().correction_id) == newer


@pytest.mark.parametrize("path", ["", "/edit", "/object", "/pdf", "/sign", "/refuse", "/offer"])
def test_a_link_opens_its_own_record_and_no_other(world: World, path: str) -> None:
    paper, other = offered(world), offered(world)
    phone = by_record_link(world, "mother", paper.id)

    method = phone.send if path in ("/sign", "/refuse", "/offer") else phone.open
    answer: Any = method(f"/records/{other.id}{path}")

    assert answer.status_code == 403
    assert "只能用于指定的一件事" in phone.text


def test_money_is_named_kindly_and_the_outline_is_an_outline(world: World) -> None:
    paper = effective(world, FACT, MONEY, place="三楼谈话室")
    student, leader = by_password(world, "student"), by_password(world, "grade_leader")

    student.open(f"/records/{paper.id}")
    leader.open(f"/records/{paper.id}")

    assert "（家庭经济与资助：见受限栏）" in student.text
    assert MONEY not in student.html
    assert "内容不对您开放" in leader.text
    assert "三楼谈话室" not in leader.html
    assert FACT not in leader.html


def test_a_copy_and_a_file_are_taken_along(world: World) -> None:
    paper = written(world)
    upload(paper.writer, paper.id, jpeg(), name="谈话.jpg")
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("check")
    paper.do("offer")
    phone = by_record_link(world, "mother", paper.id)
    found = re.search(rf"/records/{paper.id}/files/[0-9a-f-]+", phone.html)
    assert found is not None

    assert phone.open(found[0]).content.startswith(b"\xff\xd8")
    answer = phone.open(f"/records/{paper.id}/pdf")

    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("who", ["stranger", "mentor", "classmate", "principal"])
def test_a_stranger_finds_nothing(world: World, who: str) -> None:
    paper = effective(world)
    phone = by_password(world, who)

    assert phone.open(f"/records/{paper.id}").status_code == 404
    assert phone.open(f"/records/{paper.id}/pdf").status_code == 404


def changed_meanwhile(paper: Paper) -> None:
    paper.do("recall")
    paper.say("家长同意停学两周。")
    paper.do("check")
    paper.do("offer")


@pytest.mark.parametrize(("verb", "field"), [("sign", "note"), ("refuse", "reason")])
def test_words_that_changed_meanwhile_are_shown_before_anybody_signs(
    world: World, verb: str, field: str
) -> None:
    paper = offered(world)
    phone = by_record_link(world, "mother", paper.id)
    changed_meanwhile(paper)

    answer = phone.send(f"/records/{paper.id}/{verb}", **{field: "已与孩子谈过"})

    assert answer.status_code == 409
    assert "文字刚刚改过，请再看一遍" in phone.text
    assert "家长同意停学两周" in phone.text
    assert "已与孩子谈过" in phone.text  # nobody types it twice
    with tenancy.scope(world.id):
        assert not Signature.objects.exists()
    assert phone.send(f"/records/{paper.id}/{verb}", **{field: "已读"}).status_code == 200
    with tenancy.scope(world.id):
        assert Signature.objects.count() == 1


def test_a_form_without_what_was_read_signs_nothing(world: World) -> None:
    paper = offered(world)
    phone = by_record_link(world, "mother", paper.id)

    assert phone.send(f"/records/{paper.id}/sign", as_read="").status_code == 409


def statements(world: World) -> dict[str, tuple[str, str, str, str]]:
    with tenancy.scope(world.id):
        return {
            one.section: (one.source, one.status, one.text, one.sensitivity)
            for one in CommunicationRecord.objects.get().statements.filter(withdrawn_at=None)
        }


def test_each_statement_says_whose_it_is_and_whether_it_is_confirmed(world: World) -> None:
    phone, address = writing(world, "STUDY")
    assert "企业陈述" in phone.text
    assert "待核实" in phone.text

    phone.send(
        address, keep="1", source_FACT="SYSTEM", status_FACT="CONFIRMED",
        s_CAUSE="“晚上手机看得晚”", source_CAUSE="GUARDIAN", status_CAUSE="TO_VERIFY",
        next_contact_at="2026-12-24T16:00", place="行政楼 302", **TYPED,
    )  # fmt: skip

    found = statements(world)
    assert found["FACT"][:3] == ("SYSTEM", "CONFIRMED", FACT)
    assert found["CAUSE"][:2] == ("GUARDIAN", "TO_VERIFY")
    record = stored(world)
    assert record.next_contact_at is not None
    phone.open(f"/records/{record.pk}/edit")
    assert "行政楼 302" in phone.html
    changed = {**TYPED, "seen": phone.value("seen"), "status_FACT": "TO_VERIFY"}
    phone.send(f"/records/{record.pk}/edit", keep="1", source_FACT="SYSTEM", **changed)
    assert statements(world)["FACT"][:3] == ("SYSTEM", "TO_VERIFY", FACT)


def test_an_observed_reaction_is_of_a_guardian_and_for_few(world: World) -> None:
    phone, address = writing(world, "STUDY")
    seen = {"s_EMOTION": "沉默约2分钟，然后点头。", **TYPED}

    refused = phone.send(address, keep="1", **seen)
    assert refused.status_code == 400
    assert "没有说明是哪位家长的反应" in phone.text
    whose = {"whose": str(world["mother"].pk), "observed": "SILENT"}
    phone.send(address, keep="1", **whose, **seen)

    assert statements(world)["EMOTION"][3] == "EMO"
    assert "观察到：沉默" in phone.text
    paper = f"/records/{stored(world).pk}"
    phone.open(f"{paper}/edit")
    assert "沉默约2分钟" in phone.html
    assert '<option value="SILENT" selected>' in phone.html
    assert "沉默约2分钟" not in by_password(world, "grade_leader").open(paper).content.decode()


def test_what_the_page_does_not_show_stays_with_the_words(world: World) -> None:
    paper = written(world, "PRIVATE")
    paper.say("每晚十点前睡。", section="HOME", source="GUARDIAN", basis="家长记的作息表",
              sensitivity="ECO")  # fmt: skip
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}/edit")
    same = {**TYPED, "s_FACT": "PRIVATE", "s_HOME": "每晚十点前睡。", "source_HOME": "GUARDIAN"}

    phone.send(
        f"/records/{paper.id}/edit", keep="1", seen=phone.value("seen"), status_HOME="CONFIRMED",
        **same,
    )  # fmt: skip

    source, status, _, sensitivity = statements(world)["HOME"]
    assert (source, status) == ("GUARDIAN", "CONFIRMED")
    assert "ECO" in sensitivity
    with tenancy.scope(world.id):
        assert Statement.objects.get(section="HOME").basis == "家长记的作息表"
