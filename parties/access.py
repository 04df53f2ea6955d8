"""One person at one moment: which rows, which fields, which acts. For every interface alike.

A package registers one policy per model in its AppConfig.ready(); a model without a policy is
invisible to everybody. What is hidden is absent, an invisible object does not exist (NotFound),
a forbidden act on a visible object is NotAllowed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from parties import standings, statements, walls
from parties.errors import NotAllowed, NotFound
from parties.models import Person, Student
from parties.roles import Role
from parties.standings import StaffPost
from parties.walls import NONE, Walls

M = TypeVar("M", bound=Model)


class Act(StrEnum):
    """What somebody may do to an object they can see."""

    ACKNOWLEDGE = "acknowledge"
    ENDANGER = "endanger"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    CLAIM = "claim"
    COMPLETE = "complete"
    DELEGATE = "delegate"
    RETURN = "return"
    REMIND = "remind"
    RETRY = "retry"
    READ_REPORTER = "read_reporter"
    MEET = "meet"
    CHOOSE_TIME = "choose_time"
    ATTEND = "attend"
    START = "start"
    FINISH = "finish"
    VERIFY = "verify"
    DROP = "drop"
    AMEND = "amend"
    CHECK_IN = "check_in"
    EDIT = "edit"
    HOLD = "hold"
    SIGN = "sign"
    WITNESS = "witness"
    OBJECT = "object"
    OVERRIDE = "override"
    ARCHIVE = "archive"
    SEAL = "seal"
    DESTROY = "destroy"
    ANSWER = "answer"
    SUBMIT = "submit"
    CONTACT = "contact"
    WITHDRAW = "withdraw"


class Policy(Protocol):
    """How one model answers the three questions."""

    def rows(self, viewer: "Viewer") -> QuerySet[Any]: ...
    def fields(self, viewer: "Viewer", obj: Any) -> frozenset[str]: ...
    def may(self, viewer: "Viewer", act: Act, obj: Any) -> bool: ...


_policies: dict[type[Model], Policy] = {}


def register(model: type[Model], policy: Policy) -> None:
    """Make `policy` answer for `model`; called from AppConfig.ready() alone."""
    _policies[model] = policy


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person at one moment, with every relation they stand in: two queries, then Python.

    `kin` are the students they are a guardian of; `wards` those of them they may read about.
    `mentees` are interns whose mentor they are, `managed` all of a company they administer.
    `walls` are what is kept from them as a guardian.
    """

    person: Person
    at: datetime
    posts: tuple[StaffPost, ...] = ()
    kin: frozenset[UUID] = frozenset()
    wards: frozenset[UUID] = frozenset()
    student_id: UUID | None = None
    company_roles: frozenset[Role] = frozenset()
    companies: frozenset[UUID] = frozenset()
    mentees: frozenset[UUID] = frozenset()
    managed: frozenset[UUID] = frozenset()
    walls: Walls = NONE
    _roles: frozenset[Role] = field(default=frozenset())
    #: What `rows` has built, by model: building a policy takes longer than running it, and one page
    #: asks for the same rows in many ways.
    _built: dict[type[Model], QuerySet[Any]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @classmethod
    def load(cls, person: Person, *, at: datetime) -> Self:
        """Read the relations of `person` in force at `at`. Call inside a scope."""
        found = standings.load(person, at)
        company_roles = frozenset[Role]().union(*found.companies.values())
        roles = {post.role for post in found.posts} | company_roles
        roles |= {Role.G} if found.wards else set()
        roles |= {Role.STU} if found.student_id else set()
        return cls(
            person=person,
            at=at,
            posts=found.posts,
            kin=found.kin,
            wards=found.wards,
            student_id=found.student_id,
            company_roles=company_roles,
            companies=frozenset(found.companies),
            mentees=found.mentees,
            managed=found.managed,
            walls=walls.of(person, found.wards, at),
            _roles=frozenset(roles),
        )

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held towards anybody."""
        return self._roles

    @property
    def interns(self) -> frozenset[UUID]:
        """Every student this person stands for at a company."""
        return self.mentees | self.managed

    @property
    def is_staff(self) -> bool:
        return bool(self.posts)

    def heads(self, role: Role) -> bool:
        """Whether this person leads the office of `role`."""
        return any(post.role == role and post.head for post in self.posts)

    def serves(self, roles: Collection[Role]) -> bool:
        """Whether this person holds one of `roles` for the whole school."""
        return any(post.role in roles for post in self.posts)

    def roles_towards(self, student: Student | None) -> frozenset[Role]:
        """Roles that count for this student: class and grade posts only for their own."""
        held = {post.role for post in self.posts if _covers(post, student)}
        if student is not None:
            held |= {Role.G} if student.pk in self.wards else set()
            held |= {Role.STU} if student.pk == self.student_id else set()
            held |= self.company_roles & {Role.CM} if student.pk in self.mentees else set()
            held |= {Role.CA} if student.pk in self.managed else set()
        return frozenset(held)

    def rows(self, model: type[M]) -> QuerySet[M]:
        """Rows this person may know about. Every list and every lookup starts here."""
        if model not in self._built:
            policy = _policies.get(model)
            made = model._default_manager.none() if policy is None else policy.rows(self)
            self._built[model] = made
        return self._built[model].all()

    def find(self, model: type[M], pk: UUID) -> M | None:
        """The object, if it exists for this person; by SQL that is built once for all alike."""
        found: Sequence[M] = statements.rows(_of_key, self, model, pk)
        return found[0] if found else None

    def get(self, model: type[M], pk: UUID) -> M:
        """The object, or NotFound: hidden and absent look the same."""
        found = self.find(model, pk)
        if found is None:
            raise NotFound("没有找到。")
        return found

    def fields(self, obj: Model) -> frozenset[str]:
        """Names of the fields of `obj` this person may read."""
        policy = _policies.get(type(obj))
        return frozenset() if policy is None else policy.fields(self, obj)

    def may(self, act: Act, obj: Model) -> bool:
        """Whether this person may do `act` to a visible `obj`; its state is not asked here."""
        policy = _policies.get(type(obj))
        return policy is not None and policy.may(self, act, obj)

    def require(self, act: Act, obj: Model) -> None:
        """Return if allowed; otherwise raise NotAllowed."""
        if not self.may(act, obj):
            raise NotAllowed("您没有此项操作的权限。", act=act.value)


def _of_key(viewer: Viewer, model: type[M], pk: UUID) -> QuerySet[M]:
    """A function of its own, so that its SQL is built once for all who are alike."""
    return viewer.rows(model).filter(pk=pk)


def _covers(post: StaffPost, student: Student | None) -> bool:
    if post.role in (Role.HT, Role.ST):
        return student is not None and post.school_class_id == student.school_class_id
    if post.role == Role.GL and post.grade:
        return student is None or post.grade == student.school_class.grade
    return True
