"""Who writes communication records, and in what capacity they took part in the talk."""

from typing import Final

from parties.access import Viewer
from parties.errors import NotAllowed
from parties.models import Student
from parties.roles import Role
from records.models import Participant

#: Who writes records: whoever talks with families.
_AUTHORS: Final = (Role.HT, Role.PSY, Role.ST, Role.GL, Role.ME)
CAPACITIES: Final = {
    Role.HT: Participant.Capacity.HT,
    Role.ST: Participant.Capacity.ST,
    Role.PSY: Participant.Capacity.PSY,
    Role.GL: Participant.Capacity.GL,
    Role.ME: Participant.Capacity.ME,
}


def role_of(viewer: Viewer, student: Student) -> Role:
    held = viewer.roles_towards(student)
    role = next((role for role in _AUTHORS if role in held), None)
    if role is None or student.pk in viewer.kin:
        raise NotAllowed("只有与该学生工作有关的教师可以写沟通记录。", act="write")
    return role
