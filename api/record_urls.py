"""The addresses of communication records, and of the files that lie beside them."""

from django.urls import URLPattern, path

from api import (
    attachments,
    exports,
    hold_requests,
    objections,
    record_acts,
    record_custody,
    record_keeping,
    record_parts,
    records,
    redacting,
    signing,
)

PATHS: list[URLPattern] = [
    path("records/templates", records.TemplateView.as_view(), name="record-template"),
    path("records/<uuid:record_id>", records.RecordView.as_view(), name="record"),
    path(
        "records/<uuid:record_id>/statements",
        record_parts.StatementsView.as_view(),
        name="statements",
    ),
    path(
        "records/<uuid:record_id>/statements/<uuid:statement_id>",
        record_parts.StatementView.as_view(),
        name="statement",
    ),
    path(
        "records/<uuid:record_id>/participants",
        record_parts.ParticipantsView.as_view(),
        name="participants",
    ),
    path("records/<uuid:record_id>/prepared", record_parts.PreparedView.as_view(), name="prepared"),
    path("records/<uuid:record_id>/check", records.RecordCheckView.as_view(), name="check"),
    path("records/<uuid:record_id>/offer", record_acts.OfferView.as_view(), name="offer"),
    path("records/<uuid:record_id>/recall", record_acts.RecallView.as_view(), name="recall"),
    path(
        "records/<uuid:record_id>/next-version",
        record_acts.NextVersionView.as_view(),
        name="next-version",
    ),
    path("records/<uuid:record_id>/hold", records.HoldView.as_view(), name="hold"),
    path("hold-requests", hold_requests.HoldRequestsView.as_view(), name="hold-requests"),
    path(
        "records/<uuid:record_id>/hold-requests",
        hold_requests.RecordHoldRequestsView.as_view(),
        name="record-hold-requests",
    ),
    path(
        "hold-requests/<uuid:request_id>/refuse",
        hold_requests.RefuseHoldView.as_view(),
        name="refuse-hold",
    ),
    path(
        "hold-requests/<uuid:request_id>/withdraw",
        hold_requests.WithdrawHoldView.as_view(),
        name="withdraw-hold-request",
    ),
    path(
        "records/<uuid:record_id>/sharing-override",
        records.SharingOverrideView.as_view(),
        name="sharing-override",
    ),
    path("records/<uuid:record_id>/copies", record_custody.CopiesView.as_view(), name="copies"),
    path(
        "records/<uuid:record_id>/destroyed",
        record_custody.DestroyedView.as_view(),
        name="destroyed",
    ),
    path("records/<uuid:record_id>/archive", record_keeping.ArchiveView.as_view(), name="archive"),
    path("records/<uuid:record_id>/discard", record_keeping.DiscardView.as_view(), name="discard"),
    path(
        "records/<uuid:record_id>/discard-next",
        record_keeping.DiscardNextView.as_view(),
        name="discard-next",
    ),
    path("records/<uuid:record_id>/seal", record_keeping.SealView.as_view(), name="seal"),
    path("records/<uuid:record_id>/release", record_acts.ReleaseView.as_view(), name="release"),
    path("records/<uuid:record_id>/sign", signing.SignView.as_view(), name="sign"),
    path("records/<uuid:record_id>/refuse", signing.RefuseView.as_view(), name="refuse"),
    path("records/<uuid:record_id>/witness", signing.WitnessView.as_view(), name="witness"),
    path("records/<uuid:record_id>/export", exports.ExportView.as_view(), name="export"),
    path(
        "records/<uuid:record_id>/attachments",
        attachments.AttachmentsView.as_view(),
        name="attachments",
    ),
    path("records/<uuid:record_id>/objections", objections.FileView.as_view(), name="object"),
    path(
        "attachments/<uuid:attachment_id>",
        attachments.AttachmentView.as_view(),
        name="attachment",
    ),
    path(
        "attachments/<uuid:attachment_id>/redact",
        redacting.RedactionView.as_view(),
        name="redact-attachment",
    ),
    path(
        "attachments/<uuid:attachment_id>/destroy",
        record_custody.DestructionView.as_view(),
        name="destroy-attachment",
    ),
]
