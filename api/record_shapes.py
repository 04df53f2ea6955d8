"""A communication record as JSON: what `reading` gave this reader, and nothing beside it."""

from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from api import shapes
from api.schema import objects
from api.shapes import PersonSerializer, StudentSerializer
from records import as_read
from records.cuts import SaidTo
from records.models import (
    Attachment,
    CommunicationRecord,
    Participant,
    PreparedItem,
    Signature,
    Statement,
)
from records.reading import LetThrough, RecordFile

#: Members that are written as they are.
_VALUES: Final = (
    "case_id",
    "record_no",
    "version",
    "state",
    "standing",
    "trigger",
    "trigger_note",
    "started_at",
    "ended_at",
    "place_kind",
    "place",
    "next_contact_at",
    "next_focus",
    "language_check",
    "author_role",
    "edits",
    "hold_reason",
    "held_until",
    "created_at",
    "offered_at",
    "signed_at",
    "effective_at",
)
_SAID: Final = ("section", "source", "status", "masked", "redacted", "is_quote", "basis", "mine")


class SaidSerializer(serializers.Serializer[Any]):
    """One statement. `text` is absent where only its class may be named (`masked`)."""

    id = serializers.UUIDField()
    section = serializers.ChoiceField(Statement.Section.choices)
    source = serializers.ChoiceField(Statement.Source.choices)  # type: ignore[assignment]
    status = serializers.ChoiceField(Statement.Status.choices)
    at = serializers.DateTimeField()
    text = serializers.CharField(required=False)
    masked = serializers.CharField(help_text="不对您开放的类别，如“家庭经济与资助”；没有则为空")
    redacted = serializers.BooleanField(help_text="已隐去他人信息")
    is_quote = serializers.BooleanField()
    basis = serializers.CharField()
    mine = serializers.BooleanField(help_text="由您写下")


class ParticipantSerializer(serializers.Serializer[Any]):
    person = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    capacity = serializers.ChoiceField(Participant.Capacity.choices)
    relation = serializers.CharField()
    presence = serializers.ChoiceField(Participant.Presence.choices)


class PreparedSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(PreparedItem.Kind.choices)
    note = serializers.CharField()
    attachment = serializers.UUIDField(allow_null=True)
    basis = serializers.ChoiceField(PreparedItem.Basis.choices)
    basis_note = serializers.CharField()
    duty = serializers.ChoiceField(PreparedItem.Duty.choices, allow_blank=True)
    consent = serializers.UUIDField(allow_null=True)


class SignatureSerializer(serializers.Serializer[Any]):
    signer = PersonSerializer()
    side = serializers.ChoiceField(Signature.Side.choices)
    method = serializers.ChoiceField(Signature.Method.choices)
    at = serializers.DateTimeField()
    witness = PersonSerializer(allow_null=True)
    reason = serializers.CharField()
    note = serializers.CharField()
    scan = serializers.UUIDField(allow_null=True)
    kept_at = serializers.CharField(
        required=False, help_text="纸质原件存放处（柜号／册号）；仅校内可见"
    )
    proof = serializers.CharField(help_text="所签内容的校验值（SHA-256）")


class AttachmentSerializer(serializers.Serializer[Any]):
    """`sha256` is of the file as it can be downloaded."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    redaction = serializers.ChoiceField(Attachment.Redaction.choices)
    uploaded_at = serializers.DateTimeField()


class AnnotationSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class SharingOverrideSerializer(serializers.Serializer[Any]):
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    phrases = serializers.ListField(child=serializers.CharField(), help_text="放行的词")


class SealedSerializer(serializers.Serializer[Any]):
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class RecordSerializer(serializers.Serializer[Any]):
    """One version. A member that this reader may not see is absent, not null."""

    id = serializers.UUIDField()
    student = StudentSerializer()
    record_no = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(CommunicationRecord.State.choices)
    standing = serializers.ChoiceField(CommunicationRecord.Standing.choices)
    trigger = serializers.ChoiceField(CommunicationRecord.Trigger.choices, required=False)
    started_at = serializers.DateTimeField()
    case_id = serializers.UUIDField(required=False, allow_null=True)
    previous = serializers.UUIDField(required=False, allow_null=True)
    trigger_note = serializers.CharField(required=False)
    ended_at = serializers.DateTimeField(required=False, allow_null=True)
    place_kind = serializers.ChoiceField(CommunicationRecord.Place.choices, required=False)
    place = serializers.CharField(required=False)
    next_contact_at = serializers.DateTimeField(required=False, allow_null=True)
    next_focus = serializers.CharField(required=False)
    language_check = serializers.ListField(child=objects(), required=False, allow_null=True)
    author = PersonSerializer(required=False)
    author_role = serializers.CharField(required=False)
    edits = serializers.IntegerField(required=False)
    hold_reason = serializers.CharField(required=False)
    held_by = serializers.UUIDField(required=False, allow_null=True)
    held_until = serializers.DateTimeField(required=False, allow_null=True)
    content_hash = serializers.CharField(required=False)
    created_at = serializers.DateTimeField(required=False)
    offered_at = serializers.DateTimeField(required=False, allow_null=True)
    signed_at = serializers.DateTimeField(required=False, allow_null=True)
    effective_at = serializers.DateTimeField(required=False, allow_null=True)
    may = serializers.ListField(child=serializers.CharField())
    as_read = serializers.CharField(
        help_text="您读到的文字的标记；签字、拒签、代记签字时原样送回，文字改过则 409"
    )
    statements = SaidSerializer(many=True)
    participants = ParticipantSerializer(many=True)
    prepared = PreparedSerializer(many=True)
    signatures = SignatureSerializer(many=True)
    attachments = AttachmentSerializer(many=True)
    annotations = AnnotationSerializer(many=True)
    disputed = serializers.BooleanField(
        help_text="对某一版本的异议还没有了结，各版本都停止对外使用"
    )
    sharing_overrides = SharingOverrideSerializer(
        many=True, required=False, help_text="德育处允许按原文对外提供的决定；仅校内可见"
    )
    sealed = SealedSerializer(required=False, help_text="由谁、何时、为何封存；仅校内可见")


def shown(file: RecordFile) -> dict[str, Any]:
    """The members that this reader may see."""
    record, fields = file.record, file.fields
    body: dict[str, Any] = {"id": str(record.pk), "student": shapes.student(record.student)}
    body |= {name: _plain(getattr(record, name)) for name in _VALUES if name in fields}
    if "previous" in fields:
        body["previous"] = _plain(record.previous_id)
    if "author" in fields:
        body["author"] = shapes.person(record.author)
    if "held_by" in fields:
        body["held_by"] = _plain(record.held_by_id)
    if "content_hash" in fields:
        body["content_hash"] = bytes(record.content_hash or b"").hex()
    body["may"] = sorted(act.value for act in file.may)
    body["as_read"] = as_read.mark(file)
    body["statements"] = [_said(one) for one in file.statements]
    body["participants"] = [_participant(one, file) for one in file.participants]
    body["prepared"] = [_prepared(one) for one in file.prepared]
    body["signatures"] = [_signature(one, file) for one in file.signatures]
    body["attachments"] = [attachment(one) for one in file.attachments]
    body["annotations"] = [
        {
            "text": one.annotation,
            "by": file.names.get(one.filed_by_id, ""),
            "at": _plain(one.filed_at),
        }
        for one in file.annotations
    ]
    body["disputed"] = file.disputed
    if file.let_through:
        body["sharing_overrides"] = [_let_through(one) for one in file.let_through]
    if file.sealed is not None:
        sealed = file.sealed
        body["sealed"] = {"by": sealed.by, "at": _plain(sealed.at), "reason": sealed.reason}
    return body


def attachment(one: Attachment) -> dict[str, Any]:
    """Of the upload itself nothing is told: its digest could be compared with a file elsewhere."""
    return {
        "id": str(one.pk),
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "sha256": bytes(one.sha256).hex(),
        "redaction": one.redaction,
        "uploaded_at": _plain(one.uploaded_at),
    }


def _said(one: SaidTo) -> dict[str, Any]:
    body = {"id": str(one.id), "at": _plain(one.at)}
    body |= {name: getattr(one, name) for name in _SAID}
    return body if one.text is None else {**body, "text": one.text}


def _participant(one: Participant, file: RecordFile) -> dict[str, Any]:
    return {
        "person": _plain(one.person_id),
        "name": file.names.get(one.person_id, "") if one.person_id else one.name,
        "capacity": one.capacity,
        "relation": one.relation,
        "presence": one.presence,
    }


def _prepared(one: PreparedItem) -> dict[str, Any]:
    values = ("kind", "note", "basis", "basis_note", "duty")
    return {
        **{name: getattr(one, name) for name in values},
        "consent": _plain(one.consent_id),
        "attachment": _plain(one.attachment_id),
    }


def _signature(one: Signature, file: RecordFile) -> dict[str, Any]:
    def named(person_id: UUID) -> dict[str, str]:
        return {"id": str(person_id), "name": file.names.get(person_id, "")}

    values = ("side", "method", "reason", "note")
    kept_at = {"kept_at": file.kept_at[one.pk]} if one.pk in file.kept_at else {}
    return {
        **kept_at,
        "signer": named(one.signer_id),
        **{name: getattr(one, name) for name in values},
        "at": _plain(one.at),
        "witness": None if one.witness_id is None else named(one.witness_id),
        "scan": _plain(one.scan_id),
        "proof": bytes(one.proof).hex(),
    }


def _let_through(one: LetThrough) -> dict[str, Any]:
    return {
        "by": one.by,
        "at": _plain(one.at),
        "reason": one.reason,
        "phrases": list(one.phrases),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
