"""Every address of the API. Whatever is here is in the OpenAPI description, too."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from api import (
    alerts,
    case_meetings,
    cases,
    check_ins,
    consents,
    crises,
    evaluations,
    file_exports,
    files,
    inbox,
    items,
    language,
    links,
    matters,
    meetings,
    notice_contacts,
    notice_slips,
    notices,
    objections,
    plans,
    receipts,
    record_urls,
    records,
    report_wordings,
    routing,
    session,
    students,
    tasks,
)

app_name = "api"

_open: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}

urlpatterns = [
    path("session", session.SessionView.as_view(), name="session"),
    path("links", links.LinksView.as_view(), name="links"),
    path("crises", crises.CrisesView.as_view(), name="crises"),
    path("wordings", report_wordings.WordingsView.as_view(), name="wordings"),
    path(
        "wordings/<uuid:wording_id>/supplement",
        report_wordings.SupplementView.as_view(),
        name="supplement",
    ),
    path("matters", matters.MattersView.as_view(), name="matters"),
    path("students", students.StudentsView.as_view(), name="students"),
    path("students/<uuid:student_id>/file", files.FileView.as_view(), name="file"),
    path(
        "students/<uuid:student_id>/file/export",
        file_exports.FileExportView.as_view(),
        name="file-export",
    ),
    path("students/<uuid:student_id>/plan", plans.PlanView.as_view(), name="plan"),
    path("items/<uuid:item_id>", items.ItemView.as_view(), name="item"),
    path("items/<uuid:item_id>/start", items.StartView.as_view(), name="item-start"),
    path("items/<uuid:item_id>/block", items.BlockView.as_view(), name="item-block"),
    path("items/<uuid:item_id>/done", items.DoneView.as_view(), name="item-done"),
    path("items/<uuid:item_id>/evidence", items.EvidenceView.as_view(), name="item-evidence"),
    path("items/<uuid:item_id>/verify", items.VerifyView.as_view(), name="item-verify"),
    path("items/<uuid:item_id>/drop", items.DropView.as_view(), name="item-drop"),
    path("items/<uuid:item_id>/check-ins", check_ins.CheckInsView.as_view(), name="item-check-ins"),
    path("tasks", tasks.TasksView.as_view(), name="tasks"),
    path("tasks/<uuid:task_id>", tasks.TaskView.as_view(), name="task"),
    path("tasks/<uuid:task_id>/claim", tasks.ClaimView.as_view(), name="claim"),
    path("tasks/<uuid:task_id>/complete", tasks.CompleteView.as_view(), name="complete"),
    path("tasks/<uuid:task_id>/delegate", tasks.DelegateView.as_view(), name="delegate"),
    path("tasks/<uuid:task_id>/return", tasks.ReturnView.as_view(), name="return"),
    path("tasks/<uuid:task_id>/remind", tasks.RemindView.as_view(), name="remind"),
    path("cases", cases.CasesView.as_view(), name="cases"),
    path("cases/<uuid:case_id>", cases.CaseView.as_view(), name="case"),
    path("cases/<uuid:case_id>/timeline", cases.TimelineView.as_view(), name="timeline"),
    path("cases/<uuid:case_id>/acknowledge", cases.AcknowledgeView.as_view(), name="acknowledge"),
    path("cases/<uuid:case_id>/danger-again", cases.DangerAgainView.as_view(), name="danger-again"),
    path(
        "cases/<uuid:case_id>/meeting",
        case_meetings.CaseMeetingView.as_view(),
        name="case-meeting",
    ),
    path("cases/<uuid:case_id>/meeting/papers", case_meetings.PapersView.as_view(), name="papers"),
    path("cases/<uuid:case_id>/meeting/slots", case_meetings.SlotsView.as_view(), name="slots"),
    path(
        "cases/<uuid:case_id>/meeting/attempts",
        case_meetings.AttemptsView.as_view(),
        name="attempts",
    ),
    path("cases/<uuid:case_id>/meeting/move", case_meetings.MoveView.as_view(), name="move"),
    path("cases/<uuid:case_id>/meeting/held", case_meetings.HeldView.as_view(), name="held"),
    path("meetings/<uuid:meeting_id>", meetings.MeetingView.as_view(), name="meeting"),
    path("meetings/<uuid:meeting_id>/choose", meetings.ChooseView.as_view(), name="choose"),
    path("meetings/<uuid:meeting_id>/change", meetings.ChangeView.as_view(), name="change"),
    path("meetings/<uuid:meeting_id>/attend", meetings.AttendView.as_view(), name="attend"),
    path("meetings/<uuid:meeting_id>/decline", meetings.DeclineView.as_view(), name="decline"),
    path(
        "cases/<uuid:case_id>/evaluations",
        evaluations.EvaluationsView.as_view(),
        name="evaluations",
    ),
    path("notices", notices.NoticesView.as_view(), name="notices"),
    path("notices/templates", notices.TemplatesView.as_view(), name="notice-templates"),
    path("notices/<uuid:notice_id>", notices.NoticeView.as_view(), name="notice"),
    path("notices/<uuid:notice_id>/preview", notices.PreviewView.as_view(), name="preview"),
    path("notices/<uuid:notice_id>/submit", notices.SubmitView.as_view(), name="submit"),
    path("notices/<uuid:notice_id>/withdraw", notices.WithdrawView.as_view(), name="withdraw"),
    path(
        "notices/<uuid:notice_id>/contacts", notice_contacts.ContactsView.as_view(), name="contacts"
    ),
    path("notices/<uuid:notice_id>/slips", notice_slips.SlipsView.as_view(), name="slips"),
    path(
        "notices/<uuid:notice_id>/on-paper", notice_contacts.OnPaperView.as_view(), name="on-paper"
    ),
    path("receipts", receipts.ReceiptsView.as_view(), name="receipts"),
    path("receipts/<uuid:receipt_id>", receipts.ReceiptView.as_view(), name="receipt"),
    path("receipts/<uuid:receipt_id>/open", receipts.OpenView.as_view(), name="open"),
    path("receipts/<uuid:receipt_id>/confirm", receipts.ConfirmView.as_view(), name="confirm"),
    path("receipts/<uuid:receipt_id>/sign", receipts.ReceiptSignView.as_view(), name="sign"),
    path("receipts/<uuid:receipt_id>/reply", receipts.ReplyView.as_view(), name="reply"),
    path("receipts/<uuid:receipt_id>/scan", notice_slips.ScanView.as_view(), name="scan"),
    path("receipts/<uuid:receipt_id>/danger", receipts.DangerView.as_view(), name="danger"),
    path("cases/<uuid:case_id>/routing", routing.RoutingView.as_view(), name="routing"),
    path("cases/<uuid:case_id>/upgrade", routing.UpgradeView.as_view(), name="upgrade"),
    path("cases/<uuid:case_id>/downgrade", routing.DowngradeView.as_view(), name="downgrade"),
    path(
        "cases/<uuid:case_id>/downgrade/confirm",
        routing.ConfirmDowngradeView.as_view(),
        name="confirm-downgrade",
    ),
    path("alerts", alerts.AlertsView.as_view(), name="alerts"),
    path("inbox", inbox.InboxView.as_view(), name="inbox"),
    path("inbox/<uuid:message_id>/read", inbox.ReadView.as_view(), name="read"),
    path("language/check", language.CheckView.as_view(), name="language-check"),
    path("students/<uuid:student_id>/records", records.RecordsView.as_view(), name="records"),
    path("students/<uuid:student_id>/consents", consents.ConsentsView.as_view(), name="consents"),
    path(
        "students/<uuid:student_id>/consents/refuse",
        consents.ConsentRefusalView.as_view(),
        name="refuse-consent",
    ),
    path(
        "consents/<uuid:consent_id>/withdraw",
        consents.ConsentWithdrawView.as_view(),
        name="withdraw-consent",
    ),
    *record_urls.PATHS,
    path("objections", objections.ObjectionsView.as_view(), name="objections"),
    path("objections/<uuid:objection_id>/answer", objections.AnswerView.as_view(), name="answer"),
    path(
        "objections/<uuid:objection_id>/content", objections.ContentView.as_view(), name="content"
    ),
    path("objections/<uuid:objection_id>/insist", objections.InsistView.as_view(), name="insist"),
    path(
        "objections/<uuid:objection_id>/withdraw",
        objections.ObjectionWithdrawView.as_view(),
        name="withdraw",
    ),
    path(
        "objections/<uuid:objection_id>/annotate",
        objections.AnnotateView.as_view(),
        name="annotate",
    ),
    path(
        "schema",
        extend_schema(exclude=True)(SpectacularJSONAPIView).as_view(**_open),
        name="schema",
    ),
    path(
        "docs",
        extend_schema(exclude=True)(SpectacularSwaggerSplitView).as_view(
            url_name="api:schema", **_open
        ),
        name="docs",
    ),
]
