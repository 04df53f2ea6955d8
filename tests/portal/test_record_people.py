"""On the page of a record: colleagues who took part, and what a view of the cause rests on."""

import re
from typing import Any

import pytest

from parties import tenancy
from records.models import CommunicationRecord, Participant, Statement
from tests.api.papers import Paper, written
from tests.factories import World
from tests.portal.test_records import TYPED, stored, writing
from tests.portal.visitors import Phone, by_password

CAUSE = "母亲认为晚上睡得太晚。"
BASIS = "家长10月9日电话所述，近两周每晚约23点睡。"


def there(world: World) -> dict[str, tuple[str, str]]:
    """By the name that the tests give them: as what, and how."""
    with tenancy.scope(world.id):
        rows = Participant.objects.exclude(person=None).select_related("person")
        names = {person.pk: name for name, person in world.people.items()}
        found = [(one.person_id, one) for one in rows]
        return {names[pk]: (one.capacity, one.presence) for pk, one in found if pk is not None}


def ticked(phone: Phone) -> set[str]:
    return set(re.findall(r'name="staff" value="([^"]+)"[^>]*checked', phone.html))


def beside(phone: Phone, field: str) -> str:
    return phone.html.split(f'id="field-{field}"')[1].split("<textarea")[0].split("<input")[0]


def on_draft(world: World) -> tuple[Paper, Phone, str]:
    """A draft of the API, on which the counsellor took part by phone, and its page."""
    paper = written(world)
    people = [
        {"person": str(world["mother"].pk), "capacity": "GUARDIAN", "presence": "IN_PERSON"},
        {"person": str(world["counsellor"].pk), "capacity": "PSY", "presence": "PHONE"},
    ]
    paper.do("participants", {"participants": people}, method="put")
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}/edit")
    return paper, phone, f"/records/{paper.id}/edit"


def send(phone: Phone, address: str, world: World, **more: Any) -> Any:
    same = {"source_FACT": "TEACHER", "people": [str(world["mother"].pk)]}
    return phone.send(address, keep="1", seen=phone.value("seen"), **{**TYPED, **same, **more})


def test_a_colleague_is_chosen_and_is_there_as_what_they_are(world: World) -> None:
    phone, address = writing(world)
    offered = set(re.findall(r'name="staff" value="([^"]+)"', phone.html))
    assert {str(world[one].pk) for one in ("counsellor", "grade_leader", "principal")} <= offered
    absent = ("teacher", "stranger", "auditor", "mentor", "mother", "classmate")
    assert not offered & {str(world[one].pk) for one in absent}
    assert "选中的同事能看这份记录" in phone.text

    chosen = [str(world[one].pk) for one in ("counsellor", "vice_principal")]
    how = {"presence": "PHONE", "staff_presence": "VIDEO"}
    people = [str(world["mother"].pk)]
    phone.send(address, offer="1", staff=chosen, people=people, **{**TYPED, **how})

    assert there(world) == {
        "teacher": ("HT", "IN_PERSON"),
        "mother": ("GUARDIAN", "PHONE"),
        "counsellor": ("PSY", "VIDEO"),
        "vice_principal": ("LEADER", "VIDEO"),
    }
    address = f"/records/{stored(world).pk}"
    assert by_password(world, "counsellor").open(address).status_code == 200


def test_somebody_who_works_elsewhere_is_not_taken(world: World) -> None:
    phone, address = writing(world)

    stranger = str(world["stranger"].pk)
    answer = phone.send(address, keep="1", staff=[stranger], staff_presence="IN_PERSON", **TYPED)

    assert answer.status_code == 400
    assert "请从给出的选项中选择" in beside(phone, "staff")


def test_a_draft_shows_who_is_there_and_leaves_them_as_they_are(world: World) -> None:
    _, phone, address = on_draft(world)
    assert ticked(phone) == {str(world["counsellor"].pk)}
    assert re.search(r'name="staff_presence".*?value="PHONE" selected', phone.html, re.DOTALL)

    same = {"staff": [str(world["counsellor"].pk)], "staff_presence": "PHONE"}
    send(phone, address, world, presence="IN_PERSON", **same)
    assert there(world)["counsellor"] == ("PSY", "PHONE")
    phone.open(address)
    send(phone, address, world)  # a page that did not ask
    assert there(world)["counsellor"] == ("PSY", "PHONE")

    phone.open(address)
    send(phone, address, world, **{**same, "staff_presence": "IN_PERSON"})
    assert there(world)["counsellor"] == ("PSY", "IN_PERSON")
    phone.open(address)
    send(phone, address, world, staff_presence="IN_PERSON")

    assert set(there(world)) == {"teacher", "mother"}


def test_whom_the_page_does_not_list_stays(world: World) -> None:
    paper, _, address = on_draft(world)
    people = [
        {"person": str(world["mother"].pk), "capacity": "GUARDIAN", "presence": "IN_PERSON"},
        {"person": str(world["auditor"].pk), "capacity": "WITNESS", "presence": "PHONE"},
    ]
    paper.do("participants", {"participants": people}, method="put")
    phone = by_password(world, "teacher")
    phone.open(address)

    send(phone, address, world, staff_presence="IN_PERSON")

    assert there(world)["auditor"] == ("WITNESS", "PHONE")


def test_the_same_page_twice_is_one_record(world: World) -> None:
    phone, address = writing(world)
    given = {**TYPED, "staff": [str(world["counsellor"].pk)], "staff_presence": "IN_PERSON"}
    given |= {"nonce": phone.value("nonce"), "basis_CAUSE": BASIS, "s_CAUSE": CAUSE}
    token = phone.value("csrfmiddlewaretoken")
    for _ in range(2):
        phone.client.post(address, {"csrfmiddlewaretoken": token, "keep": "1", **given})

    with tenancy.scope(world.id):
        assert CommunicationRecord.objects.count() == 1
    assert "counsellor" in there(world)


def test_what_a_cause_rests_on_is_asked_kept_and_read(world: World) -> None:
    phone, address = writing(world)
    assert "原因分析：依据（次数、日期、出处、证明；可不填）" in phone.text
    assert set(re.findall(r'name="(basis_\w+)"', phone.html)) == {"basis_CAUSE", "basis_CAUSE_2"}

    cause = {"s_CAUSE": CAUSE, "source_CAUSE": "GUARDIAN", "basis_CAUSE": BASIS}
    phone.send(address, keep="1", people=[str(world["mother"].pk)], **cause, **TYPED)

    edit = f"/records/{stored(world).pk}/edit"
    assert basis(world) == BASIS
    phone.open(edit)
    assert BASIS in phone.html
    assert 'name="basis_CAUSE_2"' in phone.html
    shorter = {**cause, "basis_CAUSE": "家长10月9日电话所述"}
    send(phone, edit, world, **shorter)
    assert basis(world) == "家长10月9日电话所述"
    phone.open(f"/records/{stored(world).pk}")
    phone.send(f"/records/{stored(world).pk}/offer", seen=phone.value("seen"))
    mother = by_password(world, "mother")
    mother.open(f"/records/{stored(world).pk}")
    assert "依据：家长10月9日电话所述" in mother.text


def basis(world: World) -> str:
    with tenancy.scope(world.id):
        return str(Statement.objects.get(section="CAUSE", withdrawn_at=None).basis)


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"basis_CAUSE": BASIS}, "s_CAUSE", "只写了依据，没有写内容。请写下看法，或清空依据。"),
        ({"s_CAUSE": CAUSE, "basis_CAUSE": "字" * 501}, "basis_CAUSE", "内容太长"),
    ],
)
def test_what_is_wrong_with_it_is_said_beside_it_and_it_stays(
    world: World, given: dict[str, str], field: str, why: str
) -> None:
    phone, address = writing(world)

    answer = phone.send(address, keep="1", **given, **TYPED)

    assert answer.status_code == 400
    assert why in beside(phone, field)
    assert given["basis_CAUSE"] in phone.html
    with tenancy.scope(world.id):
        assert not CommunicationRecord.objects.exists()


def test_its_words_are_looked_at_as_all_others(world: World) -> None:
    phone, address = writing(world)

    phone.send(address, look="1", s_CAUSE=CAUSE, basis_CAUSE="问题家庭", **TYPED)

    hints = phone.html.split('class="hints"')[1].split("</section>")[0]
    assert "原因分析" in hints
    assert "问题家庭" in hints


def shown_ways(phone: Phone) -> dict[str, str]:
    """What the page has chosen for each of the family."""
    ways = re.findall(r'<select name="presence_([^"]+)".*?</select>', phone.html, re.DOTALL)
    chosen = {}
    for pk in ways:
        field = phone.html.split(f'name="presence_{pk}"')[1].split("</select>")[0]
        chosen[pk] = re.search(r'value="([^"]*)" selected', field)
    return {pk: found.group(1) if found else "" for pk, found in chosen.items()}


def test_one_parent_came_and_the_other_was_on_the_phone(world: World) -> None:
    phone, address = writing(world)
    mother, father = str(world["mother"].pk), str(world["father"].pk)
    ways = {"presence": "IN_PERSON", f"presence_{father}": "PHONE"}

    phone.send(address, keep="1", people=[mother, father], **{**TYPED, **ways})

    assert there(world)["mother"] == ("GUARDIAN", "IN_PERSON")
    assert there(world)["father"] == ("GUARDIAN", "PHONE")
    draft = f"/records/{stored(world).pk}/edit"
    phone.open(draft)
    shown = shown_ways(phone)
    assert sorted(way for way in (shown[mother], shown[father]) if way) in (
        ["PHONE"], ["IN_PERSON"],
    )  # fmt: skip
    common = "IN_PERSON" if shown[father] else "PHONE"

    both = {"people": [mother, father], f"presence_{mother}": "", f"presence_{father}": "VIDEO"}
    phone.send(draft, keep="1", seen=phone.value("seen"), **{**TYPED, "presence": common, **both})
    assert there(world)["mother"] == ("GUARDIAN", common)
    assert there(world)["father"] == ("GUARDIAN", "VIDEO")


def test_a_way_that_nobody_comes_by_is_refused_beside_its_field(world: World) -> None:
    phone, address = writing(world)
    father = str(world["father"].pk)

    answer = phone.send(
        address, keep="1", people=[father], **{**TYPED, f"presence_{father}": "BY_HORSE"}
    )

    assert answer.status_code == 400
    assert "请从给出的选项中选择" in beside(phone, f"presence_{father}")
