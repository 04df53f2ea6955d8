"""Staff and their posts in time: who the crisis ladder can wake at all."""

from collections.abc import Sequence
from typing import Any

from parties.models import Membership, SchoolClass
from parties.roles import Role
from parties.roster.findings import Place
from parties.roster.rows import StaffRow
from parties.roster.upsert.job import Job, PostKey, given


def plan_staff(job: Job, rows: Sequence[StaffRow]) -> None:
    """People first, then posts: a substitute may stand further down in the sheet."""
    for row in rows:
        _person(job, row)
    mentioned: set[PostKey] = set()
    for row in rows:
        key = _plan_post(job, row)
        if key is not None:
            mentioned.add(key)
    _note_other_posts(job, mentioned)


def _person(job: Job, row: StaffRow) -> None:
    """A parent who now works here keeps being one person, known by name and phone."""
    person = job.people.by_staff_no.get(row.staff_no)
    if person is None:
        person = job.people.find(row.name, row.contact.phone)
        if person is not None and not person.staff_no:
            job.changes.change(person, {"staff_no": row.staff_no}, sort="教职工")
            job.people.by_staff_no[row.staff_no] = person
        else:
            person = job.people.make(row.name, staff_no=row.staff_no, sort="教职工")
    job.people.describe(
        person, row.place, name=row.name, contact=row.contact, id_no=None, sort="教职工"
    )


def _plan_post(job: Job, row: StaffRow) -> PostKey | None:
    person = job.people.by_staff_no[row.staff_no]
    school_class: SchoolClass | None = None
    if row.school_class:
        school_class = job.school_class(row.place, row.school_class)
        if school_class is None:
            return None
    key = (person.pk, row.role, school_class.pk if school_class else None, row.grade)
    values = _post_values(job, row)
    if key in job.posts:
        _change_post(job, row, job.posts[key], values)
        return key
    values.setdefault("starts_at", job.at)
    post = Membership(
        school_id=job.school_id,
        person=person,
        role=row.role,
        school_class=school_class,
        grade=row.grade,
        **values,
    )
    job.posts[key] = post
    _check_span(job, row.place, post)
    job.changes.add(post, sort="任职")
    return key


def _post_values(job: Job, row: StaffRow) -> dict[str, Any]:
    substitute = None
    if row.substitute_no:
        substitute = job.staff(row.place, "代理人工号", row.substitute_no)
    return {
        "head": row.head,
        "deputy": row.deputy,
        **given(
            {
                "substitute_id": substitute.pk if substitute else None,
                "starts_at": row.starts_at,
                "ends_at": row.ends_at,
            }
        ),
    }


def _change_post(job: Job, row: StaffRow, post: Membership, values: dict[str, Any]) -> None:
    job.changes.change(post, values, sort="任职")
    _check_span(job, row.place, post)


def _check_span(job: Job, place: Place, post: Membership) -> None:
    if post.ends_at is not None and post.ends_at <= post.starts_at:
        job.complain(place, "任职结束", "早于任职开始", "请核对起止日期")


def _note_other_posts(job: Job, mentioned: set[PostKey]) -> None:
    """A post that the file no longer names goes on; somebody must end it on purpose."""
    people = {key[0] for key in mentioned}
    for key, post in job.posts.items():
        if key in mentioned or key[0] not in people or post.ends_at is not None:
            continue
        staff_no = job.people.by_pk[key[0]].staff_no
        label = Role(post.role).label
        job.notes.append(
            f"工号 {staff_no} 的“{label}”不在本文件中，仍然有效；如已卸任，请填写任职结束日期。"
        )
