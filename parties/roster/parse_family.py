"""Students and who stands for them at home."""

from collections.abc import Iterable
from datetime import date

from parties.models import Student
from parties.roster import words
from parties.roster.combined import contact, span
from parties.roster.headers import SENSITIVE
from parties.roster.rows import Contact, GuardianRow, Restrictions, Row, StudentRow
from parties.roster.values import RowReader

_RESIDENT_IDS = frozenset({"", "居民身份证", "身份证", "1"})


def student(reader: RowReader) -> Iterable[Row]:
    """The student, and the guardian that the usual template holds in the same row."""
    student_no = reader.code("student_no", required=True)
    name = reader.name("name", required=True)
    id_no, birth_date, sex = _identity(reader)
    yield StudentRow(
        place=reader.place,
        student_no=student_no,
        name=name,
        school_class=reader.code("school_class", required=True, longest=100),
        sex=sex,
        birth_date=birth_date,
        id_no=id_no,
        national_edu_id=reader.edu_id("national_edu_id") or None,
        contact=contact(reader),
        enrolled_on=reader.day("enrolled_on"),
        boarding=_optional_choice(reader, "boarding"),
        sensitive=_sensitive(reader),
    )
    yield from _guardian_beside(reader, student_no, name)


def guardian(reader: RowReader) -> Iterable[Row]:
    yield GuardianRow(
        place=reader.place,
        student_no=reader.code("student_no", required=True),
        student_name=reader.name("student_name"),
        name=reader.name("name", required=True),
        relation=reader.choice("relation", words.RELATIONS, required=True),
        contact=contact(reader),
        id_no=_id_number(reader)[0],
        legal_guardian=_optional_flag(reader, "legal_guardian"),
        delegate_carer=_optional_flag(reader, "delegate_carer"),
        contact_priority=reader.integer("contact_priority", default=0, least=1, most=99) or None,
        child_data_access=_optional_flag(reader, "child_data_access"),
        restrictions=_restrictions(reader),
    )


def _sensitive(reader: RowReader) -> dict[str, str]:
    """Mapped columns by header; a blank cell says nothing."""
    said = {
        field.removeprefix(SENSITIVE): reader.text(field, longest=200) for field in reader.mapped()
    }
    return {name: value for name, value in said.items() if value}


def _guardian_beside(reader: RowReader, student_no: str, student_name: str) -> Iterable[Row]:
    name = reader.name("guardian_name")
    phone = reader.phone("guardian_phone")
    if not name:
        if phone:
            reader.complain("guardian_phone", "有电话但没有监护人姓名", "请补填监护人姓名")
        return
    yield GuardianRow(
        place=reader.place,
        student_no=student_no,
        student_name=student_name,
        name=name,
        relation=reader.choice("relation", words.RELATIONS, required=True),
        contact=Contact(phone=phone or None, email=None),
        id_no=None,
        legal_guardian=None,
        delegate_carer=None,
        contact_priority=None,
        child_data_access=None,
        restrictions=Restrictions(kinds={}, order_no="", starts_at=None, ends_at=None),
    )


def _identity(reader: RowReader) -> tuple[str | None, date | None, str | None]:
    """Number, birth date and sex; what the number says must agree with the other cells."""
    id_no, from_number = _id_number(reader)
    birth_date = reader.day("birth_date")
    sex = reader.choice("sex", words.SEXES) or None
    if birth_date is not None and birth_date > reader.today:
        reader.complain("birth_date", "晚于今天", "请核对后改正")
    if from_number is None:
        return id_no, birth_date, sex
    said_born, said_sex = from_number
    if birth_date not in {None, said_born}:
        reader.complain("birth_date", "与身份证号中的出生日期不一致", "请核对原件后改正其中一处")
    if sex not in {None, said_sex}:
        reader.complain("sex", "与身份证号中的性别不一致", "请核对原件后改正其中一处")
    return id_no, said_born, said_sex


def _id_number(reader: RowReader) -> tuple[str | None, tuple[date, str] | None]:
    """A passport or another paper has no check digit that we know: it is kept as it is."""
    if reader.code("id_type") not in _RESIDENT_IDS:
        return reader.code("id_no").upper() or None, None
    checked = reader.resident_id("id_no")
    if checked is None:
        return None, None
    sex = Student.Sex.FEMALE if checked.female else Student.Sex.MALE
    return checked.number, (checked.birth_date, sex.value)


def _restrictions(reader: RowReader) -> Restrictions:
    kinds: dict[str, bool] = {}
    for field, kind in words.RESTRICTIONS.items():
        flag = _optional_flag(reader, field)
        if flag is not None:
            kinds[kind] = flag
    starts_at, ends_at = span(reader, "restricted_from", "restricted_to")
    order_no = reader.text("order_no", longest=100)
    return Restrictions(kinds=kinds, order_no=order_no, starts_at=starts_at, ends_at=ends_at)


def _optional_flag(reader: RowReader, field: str) -> bool | None:
    return reader.flag(field, default=False) if reader.code(field) else None


def _optional_choice(reader: RowReader, field: str) -> bool | None:
    return bool(reader.choice(field, words.BOARDING)) if reader.code(field) else None
