"""Every address of the API. Whatever is here is in the OpenAPI description, too."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from api import (
    alerts,
    cases,
    crises,
    evaluations,
    files,
    inbox,
    items,
    language,
    links,
    matters,
    notice_slips,
    notices,
    plans,
    receipts,
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
    path("matters", matters.MattersView.as_view(), name="matters"),
    path("students", students.StudentsView.as_view(), name="students"),
    path("students/<uuid:student_id>/file", files.FileView.as_view(), name="file"),
    path(
        "students/<uuid:student_id>/file/export",
        files.FileExportView.as_view(),
        name="file-export",
    ),
    path("students/<uuid:student_id>/plan", plans.PlanView.as_view(), name="plan"),
    path("items/<uuid:item_id>", items.ItemView.as_view(), name="item"),
    path("items/<uuid:item_id>/start", items.StartView.as_view(), name="item-start"),
    path("items/<uuid:item_id>/block", items.BlockView.as_view(), name="item-block"),
    path("items/<uuid:item_id>/done", items.DoneView.as_view(), name="item-done"),
    path("items/<uuid:item_id>/verify", items.VerifyView.as_view(), name="item-verify"),
    path("items/<uuid:item_id>/drop", items.DropView.as_view(), name="item-drop"),
    path("items/<uuid:item_id>/check-ins", items.CheckInsView.as_view(), name="item-check-ins"),
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
    path("notices/<uuid:notice_id>/contacts", notices.ContactsView.as_view(), name="contacts"),
    path("notices/<uuid:notice_id>/slips", notice_slips.SlipsView.as_view(), name="slips"),
    path("notices/<uuid:notice_id>/on-paper", notices.OnPaperView.as_view(), name="on-paper"),
    path("receipts", receipts.ReceiptsView.as_view(), name="receipts"),
    path("receipts/<uuid:receipt_id>", receipts.ReceiptView.as_view(), name="receipt"),
    path("receipts/<uuid:receipt_id>/open", receipts.OpenView.as_view(), name="open"),
    path("receipts/<uuid:receipt_id>/confirm", receipts.ConfirmView.as_view(), name="confirm"),
    path("receipts/<uuid:receipt_id>/sign", receipts.SignView.as_view(), name="sign"),
    path("receipts/<uuid:receipt_id>/reply", receipts.ReplyView.as_view(), name="reply"),
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
