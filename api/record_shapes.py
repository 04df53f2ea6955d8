"""A communication record as JSON: what `reading` gave this reader, and nothing beside it."""

from typing import Any, Final

from rest_framework import serializers

from api import record_part_shapes as parts
from api import shapes
from api.record_part_shapes import (
    AnnotationSerializer,
    ParticipantSerializer,
    PreparedSerializer,
    SaidSerializer,
    SealedSerializer,
    SharingOverrideSerializer,
    SignatureSerializer,
)
from api.schema import objects
from api.shapes import PersonSerializer, StudentSerializer
from records import acts_now, as_read
from records.earlier_files import Earlier
from records.models import (
    Attachment,
    CommunicationRecord,
)
from records.reading import RecordFile

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


class AttachmentSerializer(serializers.Serializer[Any]):
    """`sha256` is of the file as it can be downloaded."""

    id = serializers.UUIDField()
    name = serializers.CharField(help_text="上传者看到原来的文件名，其他人看到：种类-日期-编号")
    kind = serializers.ChoiceField(Attachment.Kind.choices)
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    redaction = serializers.ChoiceField(Attachment.Redaction.choices)
    sensitivity = serializers.CharField(help_text="字段类别的代码，以空格分开")
    uploaded_at = serializers.DateTimeField()


class EarlierFilesSerializer(serializers.Serializer[Any]):
    """An earlier version: its files that you may open, and whether it is sealed."""

    record = serializers.UUIDField()
    version = serializers.IntegerField()
    sealed = serializers.BooleanField()
    attachments = AttachmentSerializer(many=True)


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
    may = serializers.ListField(
        child=serializers.CharField(), help_text="您现在可以对这一版做什么，照它现在的状态"
    )
    as_read = serializers.CharField(
        help_text="您读到的文字的标记；签字、拒签、代记签字时原样送回，文字改过则 409"
    )
    statements = SaidSerializer(many=True)
    participants = ParticipantSerializer(many=True)
    prepared = PreparedSerializer(many=True)
    signatures = SignatureSerializer(many=True)
    attachments = AttachmentSerializer(many=True)
    earlier_attachments = EarlierFilesSerializer(
        many=True, help_text="以前各版本的附件：没有复制到这一版，与签过字的那一版一起保存"
    )
    annotations = AnnotationSerializer(many=True)
    disputed = serializers.BooleanField(
        help_text="对某一版本的异议还没有了结，各版本都停止对外使用"
    )
    sharing_overrides = SharingOverrideSerializer(
        many=True, required=False, help_text="德育处允许按原文对外提供的决定；仅校内可见"
    )
    sealed = SealedSerializer(required=False, help_text="由谁、何时、为何封存；仅校内可见")
    noted_words = SignatureSerializer(
        many=True,
        required=False,
        help_text="监护人对已收回或暂缓的文字所表示的意见，不算对现在文字的签字；仅校内可见",
    )


def shown(file: RecordFile) -> dict[str, Any]:
    """The members that this reader may see."""
    record, fields = file.record, file.fields
    body: dict[str, Any] = {"id": str(record.pk), "student": shapes.student(record.student)}
    body |= {name: shapes.plain(getattr(record, name)) for name in _VALUES if name in fields}
    if "previous" in fields:
        body["previous"] = shapes.plain(record.previous_id)
    if "author" in fields:
        body["author"] = shapes.person(record.author)
    if "held_by" in fields:
        body["held_by"] = shapes.plain(record.held_by_id)
    if "content_hash" in fields:
        body["content_hash"] = bytes(record.content_hash or b"").hex()
    body["may"] = sorted(act.value for act in acts_now.of(file))
    body["as_read"] = as_read.mark(file)
    return body | _parts(file) | {"disputed": file.disputed} | _rare(file)


def _parts(file: RecordFile) -> dict[str, Any]:
    return {
        "statements": [parts.said(one) for one in file.statements],
        "participants": [parts.participant(one, file) for one in file.participants],
        "prepared": [parts.prepared(one) for one in file.prepared],
        "signatures": [parts.signature(one, file) for one in file.signatures],
        "attachments": [attachment(one) for one in file.attachments],
        "earlier_attachments": [_earlier(one) for one in file.earlier],
        "annotations": [
            {
                "text": one.words,
                "by": file.names.get(one.by_id, ""),
                "at": shapes.plain(one.at),
            }
            for one in file.annotations
        ],
    }


def _rare(file: RecordFile) -> dict[str, Any]:
    """What few records have: absent where there is none."""
    body: dict[str, Any] = {}
    if file.let_through:
        body["sharing_overrides"] = [parts.let_through(one) for one in file.let_through]
    if file.noted:
        body["noted_words"] = [parts.signature(one, file) for one in file.noted]
    if file.sealed is not None:
        sealed = file.sealed
        body["sealed"] = {"by": sealed.by, "at": shapes.plain(sealed.at), "reason": sealed.reason}
    return body


def _earlier(one: Earlier) -> dict[str, Any]:
    return {
        "record": str(one.record),
        "version": one.version,
        "sealed": one.sealed,
        "attachments": [attachment(each) for each in one.files],
    }


def attachment(one: Attachment) -> dict[str, Any]:
    """Of the upload itself nothing is told: its digest could be compared with a file elsewhere."""
    return {
        "id": str(one.pk),
        "name": one.name,
        "kind": one.kind,
        "media_type": one.media_type,
        "size": one.size,
        "sha256": bytes(one.sha256).hex(),
        "redaction": one.redaction,
        "sensitivity": one.sensitivity,
        "uploaded_at": shapes.plain(one.uploaded_at),
    }
