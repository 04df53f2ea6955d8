"""What somebody typed comes back when a page could not take it: signed out, refused, too late."""

from tests.api.papers import effective
from tests.factories import World
from tests.portal.test_plan_desk import at_desk, school_item
from tests.portal.test_records import by_record_link

WORDS = "那天他准时到了，<b>老师</b>可以问门卫。"
SHOWN = "那天他准时到了，&lt;b&gt;老师&lt;/b&gt;可以问门卫。"


def test_a_page_of_trouble_names_the_mend_and_keeps_the_words(world: World) -> None:
    item = school_item(world)
    phone = at_desk(world, "teacher")

    answer = phone.send(f"/plan/{item.pk}/check-in", excuse=WORDS, day="2020")

    assert answer.status_code == 422
    assert "这一项不用每天签到。完成后请点“已完成”。" in phone.text
    assert SHOWN in phone.html


def test_a_link_for_another_errand_keeps_the_words(world: World) -> None:
    paper, other = effective(world), effective(world)
    phone = by_record_link(world, "mother", paper.id)
    phone.open(f"/records/{paper.id}/object")

    answer = phone.send(f"/records/{other.id}/object", words=WORDS)

    assert answer.status_code == 403
    assert "只能用于指定的一件事" in phone.text
    assert SHOWN in phone.html
