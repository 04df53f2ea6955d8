"""同意 for staff: a yes on paper or by telephone is written down, its taking back, and a no.

The page is for those whose work asks a family for it. A family decides on its own page
(portal/consents.py); from here it is asked to, without being pressed.
"""

from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parties import consent_givers, consent_notes, consent_refusals, consents, taps
from parties.access import Viewer
from parties.errors import InvalidInput, NotFound
from parties.models import Consent, Person, Student
from parties.sign_in import Identity
from portal import pages
from portal.lines import LinesField
from portal.moments import DayField
from portal.session import signed_in, viewing
from workflow import consent_news

_PURPOSE: Final = Consent.Purpose.PSY_REPORT
_USUAL: Final = timedelta(days=30)
_REQUIRED: Final = {
    "required": "请填写这一项。",
    "invalid": "格式不对，请改正。",
    "max_length": "内容太长，请缩短。",
    "invalid_choice": "请从给出的选项中选择。",
}
#: The field of the form for each of the domain's.
_FIELDS: Final = {"ends_at": "ends_on"}


class ConsentForm(forms.Form):
    """A yes that somebody gave on paper or by telephone."""

    giver = forms.ChoiceField(
        label="谁表示了同意", widget=forms.RadioSelect, error_messages=_REQUIRED
    )
    proof = forms.ChoiceField(
        label="怎样同意的",
        choices=[
            (Consent.Proof.PAPER.value, "签了纸质同意书"),
            (Consent.Proof.PHONE.value, "在电话里同意，并复述了内容"),
        ],
        widget=forms.RadioSelect,
        error_messages=_REQUIRED,
    )
    proof_note = LinesField(
        label="凭据：同意书存放处，或通话时间与复述的内容",
        max_length=500,
        error_messages=_REQUIRED,
        rows=3,
    )
    ends_on = DayField(label="同意到哪一天为止（含当天）")
    nonce = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, people: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["giver"].choices = people  # type: ignore[attr-defined]

    def given(self) -> consents.Given:
        day = datetime.combine(self.cleaned_data["ends_on"], time(23, 59))
        return consents.Given(
            purpose=_PURPOSE.value,
            ends_at=timezone.make_aware(day),
            giver=UUID(self.cleaned_data["giver"]),
            proof=self.cleaned_data["proof"],
            proof_note=self.cleaned_data["proof_note"].replace("\x00", ""),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def desk(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        people = _people(_asked(viewer, student_id))
        ends_on = timezone.localdate(viewer.at) + _USUAL
    if request.method != "POST":
        usual = {"ends_on": ends_on, "nonce": uuid4()}
        return _show(request, identity, student_id, ConsentForm(people=people, initial=usual))
    form = ConsentForm(request.POST, people=people)
    if form.is_valid():
        try:
            _give(identity, student_id, form)
        except InvalidInput as refused:
            field = _FIELDS.get(refused.field, refused.field)
            form.add_error(field if field in form.fields else None, f"{refused}{refused.mend}")
        else:
            return redirect("portal:consent-desk", student_id=student_id)
    return _show(request, identity, student_id, form)


@require_POST
@signed_in()
def withdraw(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponse:
    """Somebody of the family said so: everything that runs ends, whoever gave it."""
    with viewing(identity) as viewer:
        known = {key: UUID(key) for key, _ in _people(_asked(viewer, student_id))}
        said_by = known.get(request.POST.get("said_by", ""))
        consents.withdraw_all(
            viewer, student_id=student_id, purpose=_PURPOSE.value, said_by=said_by
        )
    return redirect("portal:consent-desk", student_id=student_id)


@require_POST
@signed_in()
def refuse(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponse:
    """Somebody of the family said no: whose no it is has to be named, a reason has not."""
    with viewing(identity) as viewer:
        people = _people(_asked(viewer, student_id))
    said_by = {key: UUID(key) for key, _ in people}.get(request.POST.get("said_by", ""))
    try:
        with viewing(identity) as viewer:
            consent_refusals.refuse(
                viewer, student_id=student_id, purpose=_PURPOSE.value, said_by=said_by
            )
    except InvalidInput as refused:
        form = ConsentForm(people=people, initial={"nonce": uuid4()})
        return _show(request, identity, student_id, form, unheard=f"{refused}{refused.mend}")
    return redirect("portal:consent-desk", student_id=student_id)


@require_POST
@signed_in()
def ask(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        people = _people(_asked(viewer, student_id))
        at = viewer.at
    try:
        consent_news.ask(
            school_id=identity.school_id, student_id=student_id, by=identity.person, at=at
        )
    except InvalidInput as refused:
        form = ConsentForm(people=people, initial={"nonce": uuid4()})
        return _show(request, identity, student_id, form, mistake=f"{refused}{refused.mend}")
    return redirect("portal:consent-desk", student_id=student_id)


def _give(identity: Identity, student_id: UUID, form: ConsentForm) -> None:
    """A second tap of the same page writes nothing more. Raises InvalidInput."""
    with viewing(identity) as asking:
        at = asking.at
    key = taps.id_of(identity.person, form.cleaned_data["nonce"])

    def known() -> Consent | None:
        viewer = Viewer.load(identity.person, at=at)
        return consents.given_before(viewer, student_id=student_id, key=key)

    def make() -> Consent:
        viewer = Viewer.load(identity.person, at=at)
        return consents.give(viewer, student_id=student_id, given=form.given(), key=key)

    taps.once(school_id=identity.school_id, known=known, make=make)


def _show(
    request: HttpRequest,
    identity: Identity,
    student_id: UUID,
    form: ConsentForm,
    *,
    mistake: str = "",
    unheard: str = "",
) -> HttpResponse:
    with viewing(identity) as viewer:
        student = _asked(viewer, student_id)
        context = {
            "student": student,
            "purpose": _PURPOSE.label,
            **_known(viewer, student_id),
            "people": [(str(one.pk), one.name) for one in consent_givers.givers(student)],
            "refused": _PURPOSE.value in (consents.refused(viewer, student=student) or ()),
            "asked": consent_news.was_asked(student, at=viewer.at),
            "pause": consent_news.PAUSE.days,
        }
    wrong = form.errors or mistake or unheard
    context |= {"form": form, "mistake": mistake, "unheard": unheard}
    return pages.show(request, "consent_desk", context, status=400 if wrong else 200)


def _known(viewer: Viewer, student_id: UUID) -> dict[str, Any]:
    """What was said of it so far, and whether any of that counts now."""
    found = consents.of_student(viewer, student_id=student_id)
    known = [one for one in found if one.purpose == _PURPOSE]
    return {
        "lines": [_line(viewer, one) for one in known],
        "runs": any(_runs(one, at=viewer.at) for one in known),
        "holds": any(consents.is_live(one, at=viewer.at) for one in known),
    }


def _asked(viewer: Viewer, student_id: UUID) -> Student:
    """Raises NotFound: for who does no such work, there is no such page."""
    student = viewer.get(Student, student_id)
    if not consent_notes.is_asked_by(viewer, student):
        raise NotFound("没有找到。")
    return student


def _people(student: Student) -> list[tuple[str, str]]:
    return [(str(one.pk), _called(student, one)) for one in consent_givers.givers(student)]


def _called(student: Student, one: Person) -> str:
    own = one.pk == student.person_id
    return f"{one.name}（{'学生本人，须年满十四周岁' if own else '法定监护人'}）"


def _runs(one: Consent, *, at: datetime) -> bool:
    return one.state == Consent.State.GIVEN and at < one.ends_at


def _line(viewer: Viewer, one: Consent) -> dict[str, Any]:
    return {
        "consent_no": one.consent_no,
        "giver": one.giver.name,
        "capacity": one.get_capacity_display(),
        "proof": one.get_proof_display(),
        "proof_note": one.proof_note,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "runs": _runs(one, at=viewer.at),
        "refused": one.state == Consent.State.REFUSED,
        "noted_by": "" if one.recorded_by_id == one.giver_id else one.recorded_by.name,
        "withdrawn_at": one.withdrawn_at,
    }
