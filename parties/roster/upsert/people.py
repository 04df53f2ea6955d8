"""Who is who: the same human found again, and two humans never taken for one.

Nobody is matched by name alone across the school. 工号, 学号 and official numbers decide; else name
*and* phone together.
"""

from typing import Any
from uuid import UUID

from parties.crypto import blind_index
from parties.models import Person, Student
from parties.roster.findings import Finding, Place
from parties.roster.rows import Contact
from parties.roster.upsert.changes import Changes


class People:
    """Everybody the school knows, loaded once; encrypted values stay closed."""

    def __init__(self, school_id: int, changes: Changes, findings: list[Finding]) -> None:
        self._school_id = school_id
        self._changes = changes
        self._findings = findings
        self._claims: dict[tuple[UUID, str], tuple[object, Place]] = {}
        people = Person.objects.defer("phone", "email", "id_no")
        self.by_pk: dict[UUID, Person] = {person.pk: person for person in people}
        self.by_staff_no = {p.staff_no: p for p in self.by_pk.values() if p.staff_no}
        self._students = set(Student.objects.values_list("person_id", flat=True))
        self._by_id_no: dict[bytes, Person] = {}
        self._by_name_and_phone: dict[tuple[str, bytes], Person] = {}
        for person in self.by_pk.values():
            self._register(person)

    def make(self, name: str, *, sort: str, staff_no: str = "", student: bool = False) -> Person:
        person = Person(school_id=self._school_id, name=name, staff_no=staff_no)
        self.by_pk[person.pk] = person
        if staff_no:
            self.by_staff_no[staff_no] = person
        if student:
            self._students.add(person.pk)
        self._changes.add(person, sort=sort)
        return person

    def find(self, name: str, phone: str | None) -> Person | None:
        """Somebody with this name and phone who is no student."""
        if not phone:
            return None
        return self._by_name_and_phone.get((name, phone_index(phone)))

    def find_by_id_no(self, id_no: str | None) -> Person | None:
        return self._by_id_no.get(self._id_index(id_no)) if id_no else None

    def is_student(self, person: Person) -> bool:
        return person.pk in self._students

    def describe(
        self,
        person: Person,
        place: Place,
        *,
        name: str,
        contact: Contact,
        id_no: str | None,
        sort: str,
    ) -> None:
        """Bring name, phone, address and official number up to date."""
        values: dict[str, Any] = {}
        if self._claim(person, "姓名", name, place) and person.name != name:
            values["name"] = name
        values |= self._phone(person, contact.phone, place)
        values |= self._email(person, contact.email, place)
        values |= self._id_no(person, id_no, place)
        for field, value in values.items():
            setattr(person, field, value)
        self._register(person)
        self._changes.touch(person, values, sort=sort)

    def _phone(self, person: Person, phone: str | None, place: Place) -> dict[str, Any]:
        if phone is None or not self._claim(person, "电话", phone, place):
            return {}
        index = phone_index(phone)
        return {} if _same(person.phone_index, index) else {"phone": phone, "phone_index": index}

    def _email(self, person: Person, email: str | None, place: Place) -> dict[str, Any]:
        if email is None or not self._claim(person, "邮箱", email, place):
            return {}
        index = blind_index(None, "email", email)
        return {} if _same(person.email_index, index) else {"email": email, "email_index": index}

    def _id_no(self, person: Person, id_no: str | None, place: Place) -> dict[str, Any]:
        if id_no is None or not self._claim(person, "身份证号", id_no, place):
            return {}
        index = self._id_index(id_no)
        owner = self._by_id_no.get(index)
        if owner is not None and owner is not person:
            self._findings.append(
                Finding(place, "身份证号", "已登记在另一人名下", "请核对原件，改正其中一处")
            )
            return {}
        if _same(person.id_no_index, index):
            return {}
        return {"id_no": id_no, "id_no_index": index}

    def _claim(self, person: Person, what: str, value: object, place: Place) -> bool:
        """False, with a finding, where two rows of this import say different things."""
        said, where = self._claims.setdefault((person.pk, what), (value, place))
        if said == value:
            return True
        self._findings.append(
            Finding(place, what, f"与{where}对同一人的填写不一致", "请改成一致后重新导入")
        )
        return False

    def _id_index(self, id_no: str) -> bytes:
        return blind_index(self._school_id, "id_no", id_no)

    def _register(self, person: Person) -> None:
        if person.id_no_index is not None:
            self._by_id_no[bytes(person.id_no_index)] = person
        if person.phone_index is not None and not self.is_student(person):
            self._by_name_and_phone.setdefault((person.name, bytes(person.phone_index)), person)


def phone_index(phone: str) -> bytes:
    return blind_index(None, "phone", phone)


def _same(stored: bytes | memoryview | None, index: bytes) -> bool:
    return stored is not None and bytes(stored) == index
