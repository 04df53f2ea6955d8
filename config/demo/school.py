"""The demo school: founded, filled from demo/ through the real importer, and given passwords.

Importing again changes nothing, so a demo that keeps its data simply does it again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.contrib.auth.hashers import make_password

from config.demo.cast import Cast, Member
from config.demo.pace import Pace
from config.demo.stage import login_of
from config.folders import BASE_DIR
from parties import links, schools, tenancy
from parties.models import Account, Person
from parties.roles import STAFF, Role
from parties.roster import import_file

#: As on the sheet 学校 of demo/school.xlsx.
CODE: Final = "QINGQU"
NAME: Final = "云汀清渠信息工程学校"
FILES: Final = BASE_DIR / "demo"
#: People were there before the story begins: the files are imported that long before it.
BEFORE: Final = timedelta(days=30)
#: How long a printed link works; it opens the door once.
LINK_LASTS: Final = timedelta(hours=12)


class NotOurs(Exception):
    """This database holds somebody's real school: no clock may be moved in it."""


class Unreadable(Exception):
    """A demo file was refused by the importer. Says which and why."""


def open_doors(pace: Pace, *, begins: datetime) -> int:
    """The school of the demo, maybe still empty, with its clock set; returns its number.

    The clock comes before any process: a demo that kept its data would find days gone by.
    """
    own = schools.find(CODE)
    if [pk for pk in schools.all_ids() if pk != own]:
        raise NotOurs("这个数据库里已有别的学校：演示会拨动时钟，请换一个空的数据库。")
    school = schools.found(code=CODE, name=NAME)
    pace.begin(begins - BEFORE)
    return school.pk


def fill() -> None:
    """Everybody in demo/, through the real importer. Raises Unreadable."""
    for path in files():
        outcome = import_file(path=path, school_code=CODE)
        if outcome.findings:
            raise Unreadable(f"{path.name}：{outcome.findings[0]}")


def files() -> Sequence[Path]:
    """In the order of their names; neither needs the other."""
    return sorted(path for path in FILES.iterdir() if path.suffix in {".xlsx", ".csv"})


def give_passwords(cast: Cast, password: str) -> None:
    """Accounts for whoever signs in with one: staff and students. Inside a scope."""
    hashed = make_password(password)
    for member in with_password(cast):
        Account.objects.update_or_create(
            person_id=member.id,
            defaults={
                "school_id": cast.school_id,
                "login": login_of(member),
                "password": hashed,
                "is_active": True,
            },
        )


def with_password(cast: Cast) -> Sequence[Member]:
    """Staff and students; families and companies come in by a link."""
    return [one for one in cast.members.values() if one.role in STAFF | {Role.STU}]


def sign_in_links(cast: Cast) -> list[tuple[Member, str]]:
    """A one-time link for each part. Opens its own scope."""
    with tenancy.scope(cast.school_id):
        made = []
        for member in cast.members.values():
            person = Person.objects.get(pk=member.id)
            link = links.issue(person=person, lifetime=LINK_LASTS)
            made.append((member, links.url(link.pk)))
        return made
