"""Store what stands on the form of a notice: a new draft, or the changes of one.

A page of a new notice that is sent again, after Back and with other words, changes the draft that
it made, as the edit page would; two taps with the same words are one act.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from parties import taps
from parties.errors import InvalidInput, LostRace, WrongState
from parties.sign_in import Identity
from portal.notice_forms import NoticeForm
from portal.session import viewing
from records import notices
from records.models import Notice
from records.notices import Draft

#: Of a draft as its page made it.
_FIRST: Final = 1


class Overtaken(LostRace):
    """What this page made, `notice`, was changed since; nothing of what was typed is stored."""

    def __init__(self, message: str, *, notice: UUID) -> None:
        super().__init__(message, notice=str(notice))
        self.notice = notice


def drafted(identity: Identity, form: NoticeForm, *, at: datetime) -> UUID | None:
    """The draft; None when something on the form stands against it.

    Raises: Overtaken.
    """
    try:
        made = notices.draft(
            school_id=identity.school_id,
            by=identity.person,
            at=at,
            given=Draft(**form.given()),
            id_=taps.id_of(identity.person, form.cleaned_data["nonce"]),
        )
    except InvalidInput as refused:
        form.refuse(refused)
        return None
    return _again(identity, made.pk, form, at=at)


def changed(
    identity: Identity, notice_id: UUID, form: NoticeForm, *, at: datetime, unseen: int = 0
) -> bool:
    """Whether it is kept; what stands against it is said on the form.

    Of a page that names no version, `unseen` is the one that it goes on with.

    Raises: as notices.change.
    """
    try:
        notices.change(
            school_id=identity.school_id,
            notice_id=notice_id,
            by=identity.person,
            at=at,
            version=form.cleaned_data["version"] or unseen,
            given=form.given(),
        )
    except InvalidInput as refused:
        form.refuse(refused)
        return False
    return True


def _again(identity: Identity, made: UUID, form: NoticeForm, *, at: datetime) -> UUID | None:
    """What the form says differently becomes a change of what its page made."""
    if _now(identity, made, form)[1]:
        return made
    try:
        return made if changed(identity, made, form, at=at, unseen=_FIRST) else None
    except WrongState as moved_on:
        now, alike = _now(identity, made, form)
        if alike:  # the other tap of these words was faster
            return made
        if now.state in Notice.EDITABLE:
            raise Overtaken(str(moved_on), notice=made) from moved_on
    form.keep(now)
    return None


def _now(identity: Identity, notice_id: UUID, form: NoticeForm) -> tuple[Notice, bool]:
    """What is stored, and whether it says what the form does: texts are sealed out of a scope."""
    with viewing(identity) as viewer:
        found = viewer.get(Notice, notice_id)
        return found, _says(found, form.given())


def _says(notice: Notice, given: dict[str, Any]) -> bool:
    """The class counts for a class, the grade for a grade."""
    places = {Notice.Scope.CLASS: {"grade"}, Notice.Scope.GRADE: {"school_class"}}
    idle = places.get(Notice.Scope(notice.scope), {"grade", "school_class"})
    asked = given.keys() - idle
    return all(
        getattr(notice, "school_class_id" if name == "school_class" else name) == given[name]
        for name in asked
    )
