"""Whose item it is: checked when it is made, and whom its entry in the file is open to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from parties.errors import InvalidInput
from parties.models import CompanyMember, GuardianLink, Membership, Placement, Student
from parties.relations import in_force
from parties.roles import Role
from records import file_entries
from records.models import ActionItem
from records.plan_drafts import Draft

_PARTY: Final = ActionItem.Party
#: Offices that read what an item of this class says, beside the owner and the family.
OFFICES: Final = {"ECO": frozenset({Role.FA}), "HLT": frozenset({Role.DOC, Role.PSY})}


@dataclass(frozen=True, slots=True)
class Owner:
    """A person, where one is named, and the placement of what a company does."""

    person_id: UUID | None
    placement_id: UUID | None = None


def settle(draft: Draft, student: Student, *, at: datetime) -> Owner:
    """Who answers for the draft.

    Raises:
        InvalidInput: the person named does not belong to that party, or no company is there.
    """
    if draft.owner_party == _PARTY.STUDENT:
        return Owner(student.person_id)
    if draft.owner_party == _PARTY.COMPANY:
        return _company(draft, student, at=at)
    refuse_unowned(draft, owner_id=draft.owner_id)
    if draft.owner_id is not None and not _belongs(draft, student, at=at):
        raise InvalidInput(
            "负责人不属于所选的一方。", field="owner", mend="请重新选择负责人，或留空。"
        )
    return Owner(draft.owner_id)


def hand_over(item: ActionItem, draft: Draft, *, at: datetime) -> UUID | None:
    """Who answers for an item from now on: somebody else of the same party, or that as such.

    Raises:
        InvalidInput: as settle; it is the student's own, or a company's that they have left.
    """
    if item.owner_party == _PARTY.STUDENT and draft.owner_id != item.owner_person_id:
        raise InvalidInput(
            "学生负责的事项不能换人。", field="owner", mend="请结束这一项，再添加新的一项。"
        )
    owner = settle(draft, item.student, at=at)
    if owner.placement_id != item.placement_id:
        raise InvalidInput(
            "这一项是原实习单位的。", field="owner", mend="请结束这一项，再添加新的一项。"
        )
    return owner.person_id


def refuse_unowned(draft: Draft, *, owner_id: UUID | None) -> None:
    """What is about money or health is done by somebody who is named, and so reads it.

    Raises InvalidInput.
    """
    if draft.owner_party == _PARTY.SCHOOL and draft.field_class in OFFICES and not owner_id:
        raise InvalidInput(
            "资助、健康方面的事项须指定负责人。",
            field="owner",
            mend="请选择资助专员、校医或心理教师，作为这一事项的负责人。",
        )


def _company(draft: Draft, student: Student, *, at: datetime) -> Owner:
    running = student.placements.filter(state=Placement.State.ACTIVE).order_by("-starts_on")
    placement = running.first()
    if placement is None:
        raise InvalidInput(
            "该生目前没有实习单位。", field="owner_party", mend="请改由学校、家庭或学生负责。"
        )
    members = in_force(CompanyMember.objects.filter(company=placement.company_id), at)
    if draft.owner_id is not None and not members.filter(person=draft.owner_id).exists():
        raise InvalidInput(
            "负责人不是该实习单位的人员。", field="owner", mend="请重新选择负责人，或留空。"
        )
    return Owner(draft.owner_id, placement.pk)


def _belongs(draft: Draft, student: Student, *, at: datetime) -> bool:
    links = GuardianLink.objects.filter(
        student=student, guardian=draft.owner_id, state=GuardianLink.State.LIVE
    )
    if draft.owner_party == _PARTY.FAMILY:
        return links.exists()
    posts = in_force(Membership.objects.filter(person=draft.owner_id), at)
    return posts.exists() and not links.exists()


def readers(item: ActionItem) -> Collection[Role]:
    """Roles towards the student that may know of the item's entry in the file."""
    if item.field_class == ActionItem.FieldClass.COM:
        return file_entries.SCHOOL | file_entries.FAMILY | file_entries.STUDENT
    offices = OFFICES[str(item.field_class)]
    return file_entries.SCHOOL | offices | file_entries.FAMILY | file_entries.STUDENT


def named(item: ActionItem) -> Collection[UUID]:
    """People beside those roles: the owner, and whoever looks after the intern at the company."""
    people = {item.owner_person_id}
    if item.placement is not None:
        people.add(item.placement.mentor_id)
    return [person for person in people if person is not None]
