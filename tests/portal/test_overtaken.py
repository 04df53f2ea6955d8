"""A page that was overtaken: saved once more, it changes what its reader typed and nothing else."""

from typing import Any

import pytest

from parties import tenancy
from records.models import ActionItem, CommunicationRecord, Notice, Participant, Statement
from tests.api import plan_stories
from tests.api.papers import FACT, written
from tests.factories import World
from tests.portal.browsers import filled, tap
from tests.portal.test_notice_desk import drafted
from tests.portal.test_two_taps import a_notice
from tests.portal.visitors import Phone, by_password

HOME = "每晚十点\n前睡。"
MINE, THEIRS = "10月8日实训考核 58 分。", "10月8日实训考核 52 分。"


def two_windows(world: World, address: str) -> tuple[Phone, Phone]:
    one, other = by_password(world, "teacher"), by_password(world, "teacher")
    one.open(address)
    other.open(address)
    return one, other


def editing(world: World) -> tuple[Phone, Phone, str]:
    """Both have the same draft open."""
    address = f"/records/{written(world).id}/edit"
    return *two_windows(world, address), address


def opened(found: Any) -> Any:
    """What is sealed is opened here: outside of a scope nobody has its key."""
    for field in found._meta.concrete_fields:
        found.__dict__[field.attname] = getattr(found, field.attname)
    return found


def stored(world: World) -> CommunicationRecord:
    with tenancy.scope(world.id):
        found = opened(CommunicationRecord.objects.get())
    assert isinstance(found, CommunicationRecord)
    return found


def said(world: World) -> dict[str, tuple[str, str]]:
    with tenancy.scope(world.id):
        rows = Statement.objects.filter(withdrawn_at=None)
        return {one.section: (one.text, one.status) for one in rows}


def there(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        rows = Participant.objects.exclude(person=world["teacher"]).select_related("person")
        return sorted((one.person.name, one.presence) for one in rows if one.person)


# --- a record -------------------------------------------------------------------------------------


def test_what_nobody_touched_here_follows_what_was_saved_elsewhere(world: World) -> None:
    mine, theirs, address = editing(world)
    father = {"people": [str(world["father"].pk)], "presence": "VIDEO"}
    changed = {"place": "三楼谈话室", "place_kind": "PHONE", "started_at": "2026-10-08T09:30"}
    assert tap(theirs, address, keep="1", s_FACT=THEIRS, **changed, **father) == 200

    assert tap(mine, address, keep="1", s_HOME=HOME) == 409
    assert "您没有动过" in mine.text
    for now in ("已换成： 三楼谈话室", "已换成： 电话", f"已换成： {THEIRS}", "已换成： father"):
        assert now in mine.text
    assert "现在是：" not in mine.text
    assert stored(world).place == "三楼谈话室"
    assert tap(mine, address, keep="1") == 200

    after = stored(world)
    assert (after.place, after.place_kind) == ("三楼谈话室", "PHONE")
    assert f"{after.started_at:%d %H:%M}" == "08 01:30"
    assert {section: text for section, (text, _) in said(world).items()} == {
        "FACT": THEIRS,
        "HOME": HOME,
    }
    assert there(world) == [("father", "VIDEO")]


def test_what_both_changed_stands_there_in_both_wordings(world: World) -> None:
    mine, theirs, address = editing(world)
    assert tap(theirs, address, keep="1", s_FACT=THEIRS, place="三楼谈话室") == 200

    assert tap(mine, address, keep="1", s_FACT=MINE) == 409
    assert f"现在是： {THEIRS}" in mine.text
    assert filled(mine)["s_FACT"] == [MINE]
    assert "具体地点（可不填），已换成： 三楼谈话室" in mine.text
    assert tap(mine, address, keep="1") == 200

    assert said(world)["FACT"][0] == MINE
    assert stored(world).place == "三楼谈话室"


def test_whoever_takes_over_what_stands_there_changes_nothing(world: World) -> None:
    mine, theirs, address = editing(world)
    tap(theirs, address, keep="1", s_FACT=THEIRS, people=None)
    tap(mine, address, keep="1", s_FACT=MINE, people=None)
    before = said(world)

    assert tap(mine, address, keep="1", s_FACT=THEIRS) == 200

    assert said(world) == before
    assert there(world) == []


def test_new_words_are_not_confirmed_by_who_confirmed_others(world: World) -> None:
    mine, theirs, address = editing(world)
    tap(theirs, address, keep="1", status_FACT="CONFIRMED")

    assert tap(mine, address, keep="1", s_FACT=MINE) == 409
    assert "是否核实，现在是： 已确认" in mine.text
    tap(mine, address, keep="1")

    assert said(world)["FACT"] == (MINE, "ONE_SIDED")


def test_a_reaction_is_one_thing_with_its_code(world: World) -> None:
    mine, theirs, address = editing(world)
    silent = {"s_EMOTION": "约2分钟没有说话。", "whose": str(world["mother"].pk)}
    assert tap(theirs, address, keep="1", observed="SILENT", **silent) == 200

    assert tap(mine, address, keep="1", s_HOME=HOME) == 409
    assert "观察到的是什么反应，已换成： 沉默" in mine.text
    assert tap(mine, address, keep="1") == 200
    theirs.open(address)
    mine.open(address)
    assert tap(theirs, address, keep="1", s_EMOTION="约3分钟没有说话。") == 200
    assert tap(mine, address, keep="1", observed="LOOKED_AWAY") == 409
    assert "现在是： 约3分钟没有说话。" in mine.text
    assert tap(mine, address, keep="1") == 200

    with tenancy.scope(world.id):
        seen = Statement.objects.get(section="EMOTION")
        assert (seen.text, seen.observed) == ("约2分钟没有说话。", "LOOKED_AWAY")


def test_who_is_taken_off_the_list_stays_off_it(world: World) -> None:
    mine, theirs, address = editing(world)
    tap(theirs, address, keep="1", place="三楼谈话室")

    assert tap(mine, address, keep="1", people=None) == 409
    assert tap(mine, address, keep="1") == 200

    assert there(world) == []
    assert stored(world).place == "三楼谈话室"


def test_a_page_that_is_overtaken_twice_puts_nothing_back(world: World) -> None:
    mine, theirs, address = editing(world)
    tap(theirs, address, keep="1", place="三楼谈话室")
    assert tap(mine, address, keep="1", s_HOME=HOME) == 409
    theirs.open(address)
    tap(theirs, address, keep="1", place="二楼", s_FACT=THEIRS)

    assert tap(mine, address, keep="1") == 409
    assert "现在是：" not in mine.text
    assert tap(mine, address, keep="1") == 200

    assert (stored(world).place, said(world)["FACT"][0]) == ("二楼", THEIRS)
    assert said(world)["HOME"][0] == HOME


def test_a_mistake_and_a_look_in_between_forget_nothing(world: World) -> None:
    mine, theirs, address = editing(world)
    assert tap(mine, address, keep="1", started_at="") == 400
    tap(mine, address, look="1", started_at="2026-10-09T16:00", s_HOME=HOME)
    tap(theirs, address, keep="1", place="三楼谈话室")

    assert tap(mine, address, keep="1") == 409
    assert tap(mine, address, keep="1") == 200

    assert stored(world).place == "三楼谈话室"
    assert said(world)["HOME"][0] == HOME


def test_material_that_was_laid_there_elsewhere_stays(world: World) -> None:
    mine, theirs, address = editing(world)
    tap(theirs, address, keep="1", prep_kind_1="TRANSCRIPT", prep_note_1="第五周小测")

    assert tap(mine, address, keep="1", s_HOME=HOME) == 409
    assert tap(mine, address, keep="1") == 200

    record = stored(world)
    with tenancy.scope(world.id):
        [item] = record.prepared.all()
        assert (item.kind, item.note) == ("TRANSCRIPT", "第五周小测")


def test_a_new_page_that_is_sent_again_follows_its_draft(world: World) -> None:
    page = f"/students/{world.student.pk}/records/new?trigger=PRAISE"
    phone = by_password(world, "teacher")
    phone.open(page)
    before = phone.page
    tap(phone, page, keep="1", s_FACT=FACT, people=[str(world["mother"].pk)])
    edit = f"/records/{stored(world).pk}/edit"
    phone.open(edit)
    tap(phone, edit, keep="1", s_HOME=HOME, place="三楼谈话室")
    phone.page = before  # Back

    mother = [str(world["mother"].pk)]
    assert tap(phone, page, keep="1", s_FACT=MINE, people=mother) == 400
    assert "那份草稿后来改过" in phone.text
    assert "已换成： 三楼谈话室" in phone.text
    assert f"现在是： {FACT}" in phone.text
    assert tap(phone, page, keep="1") == 200

    assert {section: text for section, (text, _) in said(world).items()} == {
        "FACT": MINE,
        "HOME": HOME,
    }
    assert stored(world).place == "三楼谈话室"


# --- a notice -------------------------------------------------------------------------------------


def announced(world: World) -> Notice:
    with tenancy.scope(world.id):
        found = opened(Notice.objects.get())
    assert isinstance(found, Notice)
    return found


def test_a_notice_keeps_what_was_changed_elsewhere(world: World) -> None:
    _, address = drafted(world)
    mine, theirs = two_windows(world, f"{address}/edit")
    more = {"strength": "SIGN", "needs_answer": "on", "deadline": "2099-01-02T12:00"}
    assert tap(theirs, f"{address}/edit", title="周四家长会", **more) == 200

    assert tap(mine, f"{address}/edit", body="定于周四召开家长会。") == 409
    assert "标题，已换成： 周四家长会" in mine.text
    assert tap(mine, f"{address}/edit") == 200

    after = announced(world)
    assert (after.title, after.body) == ("周四家长会", "定于周四召开家长会。")
    assert (after.strength, after.needs_answer, after.deadline is None) == ("SIGN", True, False)


def test_whom_a_notice_is_for_is_never_half_of_two_answers(world: World) -> None:
    _, address = drafted(world)
    mine, theirs = two_windows(world, f"{address}/edit")
    tap(theirs, f"{address}/edit", scope="SCHOOL")

    other = str(world.other_class.pk)
    assert tap(mine, f"{address}/edit", school_class=other) == 409
    assert "发给谁，现在是： 全校" in mine.text
    tap(mine, f"{address}/edit")

    after = announced(world)
    assert (after.scope, str(after.school_class_id)) == ("CLASS", other)


def test_a_new_notice_that_is_sent_again_follows_its_draft(world: World) -> None:
    page, phone = "/notices/new?template=blank", by_password(world, "teacher")
    phone.open(page)
    before = phone.page
    tap(phone, page, **a_notice(world))
    edit = f"/notices/{announced(world).pk}/edit"
    phone.open(edit)
    tap(phone, edit, needs_answer="on")
    phone.page = before  # Back

    assert tap(phone, page, **a_notice(world, body="定于周四召开家长会。")) == 409
    assert "需要家长用文字答复，已换成： 是" in phone.text
    assert tap(phone, page) == 200

    assert (announced(world).body, announced(world).needs_answer) == ("定于周四召开家长会。", True)


# --- an item of a plan ----------------------------------------------------------------------------


def test_an_item_keeps_what_was_changed_elsewhere(world: World) -> None:
    item = plan_stories.item(world, plan_stories.running(world))
    address = f"/plan/{item.pk}/amend"
    mine, theirs = two_windows(world, address)
    assert tap(theirs, address, target="每周五次", measure="签到") == 200

    assert tap(mine, address, title="晚上一起看作业", measure="家长签名") == 409
    assert "目标（可不填），已换成： 每周五次" in mine.text
    assert "怎样衡量（可不填），现在是： 签到" in mine.text
    assert tap(mine, address) == 200

    with tenancy.scope(world.id):
        after = ActionItem.objects.get()
        assert (after.title, after.target) == ("晚上一起看作业", "每周五次")
        assert (after.measure, after.due_at) == ("家长签名", item.due_at)


# --- the mark -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "x", "s_FACT", "=", "place=0 place=1 \x00"])
def test_a_page_with_an_odd_mark_loses_no_words(world: World, mark: str) -> None:
    mine, theirs, address = editing(world)
    tap(theirs, address, keep="1", s_FACT=THEIRS)

    assert tap(mine, address, keep="1", s_FACT=MINE, as_given=mark) == 409
    assert filled(mine)["s_FACT"] == [MINE]
    assert f"现在是： {THEIRS}" in mine.text
    tap(mine, address, keep="1")

    assert said(world)["FACT"][0] == MINE


def test_the_mark_is_nobodys_words(world: World) -> None:
    mine, _, address = editing(world)
    mark, page = mine.value("as_given"), filled(mine)
    mine.client.session.flush()

    whole: dict[str, Any] = {**page, "s_FACT": MINE}
    assert mine.send(address, **whole).status_code == 401

    assert MINE in mine.html
    assert mark not in mine.html
