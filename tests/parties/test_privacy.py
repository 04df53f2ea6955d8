"""The privacy matrix, the classes of fields, and the checks that stop a start."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from parties import checks, privacy
from parties.crypto import EncryptedTextField
from parties.models import Person, School, Student
from parties.privacy import FieldClass, Level, readable
from parties.roles import Role
from tests.owner import owner_connection

STAFF_WITHOUT_CASE = {Role.HT, Role.ST, Role.PSY, Role.DOC, Role.GL, Role.ME, Role.VP, Role.PR}
COMPANY = {Role.CM, Role.CA}
#: The strictest rows of the matrix: no company role, whatever the circumstance.
NEVER_FOR_A_COMPANY = "CON GID FAM ECO HLT PSY SPE BIO CND VOI CRI-R EMO"


def readers(codes: str, *given: Level) -> set[Role]:
    return {role for role in Role if readable(codes, {role}, given=given)}


def test_the_matrix_answers_for_every_class_and_every_role() -> None:
    assert set(privacy.MATRIX) == set(FieldClass)
    for field_class, row in privacy.MATRIX.items():
        assert set(row) == set(Role), field_class


def test_every_class_has_a_chinese_name() -> None:
    for field_class in FieldClass:
        assert any("一" <= char <= "鿿" for char in field_class.label), field_class


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("PUB", set(Role)),
        ("IDN", set(Role) - {Role.CM, Role.ADM, Role.AUD}),
        ("CON", {Role.HT, Role.PSY, Role.DOC, Role.ME, Role.REG, Role.G, Role.STU}),
        ("GID", {Role.REG}),
        ("FAM", {Role.HT, Role.PSY, Role.ME, Role.REG, Role.G}),
        ("ECO", {Role.FA, Role.G}),
        ("HLT", {Role.PSY, Role.DOC, Role.G, Role.STU}),
        ("PSY", {Role.PSY}),
        ("SPE", {Role.REG, Role.G, Role.STU}),
        ("LOC", {Role.ST, Role.ME, Role.STU}),
        ("BIO", set()),
        ("VOI", set()),
        ("CRI", set()),
        ("CRI-R", {Role.VP, Role.PR}),
        ("TPD", set()),
        ("EMO", {Role.HT, Role.PSY, Role.ME}),
        ("AUD", {Role.ME, Role.VP, Role.PR, Role.AUD}),
    ],
)
def test_who_reads_a_class_without_any_circumstance(codes: str, expected: set[Role]) -> None:
    assert readers(codes) == expected


def test_only_the_case_team_reads_a_crisis() -> None:
    assert readers("CRI", Level.TEAM) == STAFF_WITHOUT_CASE - {Role.ST}


def test_a_family_reads_the_part_of_a_crisis_that_is_theirs() -> None:
    assert readers("CRI", Level.PART) == {Role.G}
    assert readers("CRI", Level.RELEASE) == {Role.STU}
    assert readers("CRI", Level.OWN) == {Role.CM}


def test_the_reporter_is_known_to_few_and_to_the_head_of_the_office() -> None:
    assert readers("CRI-R", Level.HEAD) == {Role.ME, Role.VP, Role.PR}
    assert readers("CRI-R", *(set(Level) - {Level.HEAD})) == {Role.VP, Role.PR}


def test_break_glass_opens_to_the_leaders_only() -> None:
    assert readers("HLT", Level.EMERGENCY) - readers("HLT") == {Role.VP, Role.PR}


@pytest.mark.parametrize("code", NEVER_FOR_A_COMPANY.split())
def test_no_circumstance_opens_a_family_matter_to_a_company(code: str) -> None:
    given = set(Level) - {Level.CONSENT, Level.EMERGENCY}

    assert not readers(code, *given) & COMPANY


def test_a_mentor_reads_a_contact_with_consent_or_in_an_emergency_only() -> None:
    assert Role.CM in readers("CON", Level.CONSENT)
    assert Role.CM in readers("CON", Level.EMERGENCY)
    assert Role.CM not in readers("CON", *(set(Level) - {Level.CONSENT, Level.EMERGENCY}))


def test_masking_is_not_reading() -> None:
    assert privacy.levels(FieldClass.HLT, Role.HT) == {Level.MASKED}
    assert not readable("HLT", {Role.HT}, given=set(Level))


@pytest.mark.parametrize("role", [Role.ADM, Role.AUD])
def test_whoever_runs_or_audits_the_system_reads_nobodys_life(role: Role) -> None:
    opened = {c for c in FieldClass if readable(c.value, {role}, given=set(Level))}

    assert opened <= {FieldClass.PUB, FieldClass.AUD, FieldClass.AGG}


def test_a_field_with_several_classes_needs_all_of_them() -> None:
    assert readable("IDN", {Role.ST})
    assert not readable("IDN FAM", {Role.ST})
    assert readable("IDN FAM", {Role.HT})
    assert readable("CRI TPD", {Role.ME}, given={Level.TEAM})
    assert not readable("CRI TPD", {Role.HT}, given={Level.TEAM})


def test_several_roles_add_up_over_several_classes() -> None:
    assert not readable("ECO HLT", {Role.FA})
    assert readable("ECO HLT", {Role.FA, Role.DOC})


def test_somebody_without_a_role_reads_nothing() -> None:
    assert not any(readable(c.value, (), given=set(Level)) for c in FieldClass)


@pytest.mark.parametrize("codes", ["", "  ", "XXX", "CRI,TPD", "pub"])
def test_an_unknown_class_is_an_error_and_never_readable(codes: str) -> None:
    with pytest.raises(ValueError, match=r"[Cc]lass"):
        readable(codes, {Role.ME})


def test_classes_are_read_beside_the_model() -> None:
    assert privacy.class_of(Person, "phone") == {FieldClass.CON}
    with pytest.raises(KeyError):
        privacy.class_of(Person, "nickname")


def test_readable_fields_follow_the_classes() -> None:
    fields = privacy.readable_fields(Student, {Role.ST})

    assert "student_no" in fields
    assert "national_edu_id" not in fields
    assert "boarding" not in fields


# --- the checks ---------------------------------------------------------------------------------


def model(*, table: str = "sample_thing", **body: Any) -> type[models.Model]:
    """A model outside the app registry."""
    with isolate_apps("parties"):
        meta = type("Meta", (), {"app_label": "parties", "db_table": table})
        return type("Thing", (models.Model,), {"Meta": meta, "__module__": __name__, **body})


def ids(messages: list[Any]) -> list[str]:
    return [message.id for message in messages]


CLASSES = {"id": "AUD", "school_id": "AUD", "note": "COM"}


def body(**changes: Any) -> dict[str, Any]:
    return {
        "school_id": models.BigIntegerField(),
        "note": models.TextField(),
        "field_classes": CLASSES,
        **changes,
    }


def test_a_classed_model_with_a_school_passes() -> None:
    good = model(**body())

    assert checks.every_field_has_a_class(models=[good]) == []
    assert checks.every_model_has_a_school(models=[good]) == []


def test_a_field_without_a_class_stops_the_start() -> None:
    bad = model(**body(phone=EncryptedTextField()))

    (message,) = checks.every_field_has_a_class(models=[bad])

    assert message.id == "parties.E001"
    assert "Thing.phone" in message.msg


def test_a_model_without_any_class_is_refused_field_by_field() -> None:
    bad = model(**body(field_classes={}))

    assert ids(checks.every_field_has_a_class(models=[bad])) == ["parties.E001"] * 3


@pytest.mark.parametrize("codes", ["", "XXX", "COM XXX", "COM,CRI"])
def test_an_unknown_class_stops_the_start(codes: str) -> None:
    bad = model(**body(field_classes=CLASSES | {"note": codes}))

    assert ids(checks.every_field_has_a_class(models=[bad])) == ["parties.E002"]


def test_a_class_for_a_field_that_is_not_there_stops_the_start() -> None:
    bad = model(**body(field_classes=CLASSES | {"notes": "COM"}))

    assert ids(checks.every_field_has_a_class(models=[bad])) == ["parties.E002"]


def test_a_model_without_a_school_stops_the_start() -> None:
    bad = model(note=models.TextField(), field_classes={"id": "AUD", "note": "COM"})

    assert ids(checks.every_model_has_a_school(models=[bad])) == ["parties.E003"]


def test_a_plain_foreign_key_to_a_tenant_stops_the_start() -> None:
    bad = model(**body(person=models.ForeignKey(Person, models.PROTECT, related_name="+")))

    assert ids(checks.every_model_has_a_school(models=[bad])) == ["parties.E003"]


def test_an_exempt_table_needs_neither_class_nor_school() -> None:
    exempt = model(table="django_session")

    assert checks.every_field_has_a_class(models=[exempt]) == []
    assert checks.every_model_has_a_school(models=[exempt]) == []


def test_the_exempt_list_is_pinned() -> None:
    assert sorted(privacy.EXEMPT_TABLES) == [
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "django_session",
        "parties_throttle",
        "workflow_dispatchhold",
        "workflow_heartbeat",
    ]


def test_our_models_pass_every_check_that_needs_no_database() -> None:
    assert [m for m in run_checks() if str(m.id).startswith("parties.")] == []


@pytest.mark.django_db
class TestAgainstTheDatabase:
    def test_our_tables_pass_every_check(self) -> None:
        found = run_checks(databases=["default"])

        assert [m for m in found if str(m.id).startswith("parties.")] == []

    def test_a_table_without_a_wall_is_found(self) -> None:
        messages = checks.every_table_is_walled(databases=["default"], models=[model(**body())])

        assert ids(messages) == ["parties.E004"]
        assert 'IsolateBySchool("Thing")' in str(messages[0].hint)

    @pytest.mark.parametrize("wall", ["NO FORCE", "DISABLE"])
    def test_a_wall_taken_down_is_found(self, wall: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with owner_connection() as owner:
            owner.set_autocommit(False)
            monkeypatch.setattr(checks, "_app_connection", lambda _: owner)
            with owner.cursor() as cursor:
                cursor.execute(f"ALTER TABLE parties_school {wall} ROW LEVEL SECURITY")
            messages = checks.every_table_is_walled(databases=["default"], models=[School])
            owner.rollback()

        assert ids(messages) == ["parties.E004"]

    def test_a_reference_without_its_constraint_is_found(self) -> None:
        to = models.ForeignKey(
            School, models.PROTECT, related_name="+", db_constraint=False, db_column="other"
        )
        messages = checks.every_table_is_walled(
            databases=["default"], models=[model(table="parties_person", **body(other=to))]
        )

        assert ids(messages) == ["parties.E004"]
        assert "another school" in messages[0].msg

    def test_no_exempt_table_holds_a_school(self) -> None:
        with owner_connection() as owner, owner.cursor() as cursor:
            cursor.execute(
                "SELECT table_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND column_name = 'school_id'"
            )
            with_school = {row[0] for row in cursor.fetchall()}

        assert with_school
        assert not with_school & privacy.EXEMPT_TABLES

    def test_every_table_of_the_database_is_walled_or_exempt(self) -> None:
        with owner_connection() as owner, owner.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
                " AND relnamespace = 'public'::regnamespace"
                " AND NOT (relrowsecurity AND relforcerowsecurity)"
            )
            open_tables = {row[0] for row in cursor.fetchall()}

        assert open_tables <= privacy.EXEMPT_TABLES

    def test_the_owner_as_app_role_stops_the_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with owner_connection() as owner:
            monkeypatch.setattr(checks, "_app_connection", lambda _: owner)

            assert ids(checks.the_app_role_is_plain(databases=["default"])) == ["parties.E006"]

    def test_a_missing_root_key_stops_the_start(self, settings: Any) -> None:
        settings.SANFANG_ROOT_KEY = ""

        assert ids(checks.root_keys_are_there(databases=["default"])) == ["parties.E008"]

    def test_without_a_database_in_question_none_is_asked(self) -> None:
        for check in (
            checks.every_table_is_walled,
            checks.every_state_is_guarded,
            checks.the_app_role_is_plain,
            checks.no_drill_clock_runs_unseen,
            checks.root_keys_are_there,
        ):
            assert check(databases=None) == []
            assert check(databases=["owner"]) == []
