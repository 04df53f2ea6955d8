"""Every page. None of them answers JSON."""

from django.urls import path

from portal import cases, doors, files, home, matters, meetings, notices, plan, reports, tasks

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", doors.choose, name="sign-in"),
    path("sign-in/password", doors.with_password, name="password"),
    path("sign-in/link", doors.ask, name="ask-link"),
    path("sign-in/link/sent", doors.asked, name="link-asked"),
    path("sign-out", doors.leave, name="sign-out"),
    path("l/<str:token>", doors.link, name="link"),
    path("report", reports.report, name="report"),
    path("report/receipt", reports.receipt, name="receipt"),
    path("matters/new", matters.matter, name="matter"),
    path("matters/slip", matters.slip, name="matter-slip"),
    path("inbox/<uuid:message_id>", home.open_message, name="message"),
    path("cases/<uuid:case_id>", cases.case, name="case"),
    path("cases/<uuid:case_id>/acknowledge", cases.acknowledge, name="acknowledge"),
    path("cases/<uuid:case_id>/danger-again", cases.danger_again, name="danger-again"),
    path("meetings/<uuid:target_id>", meetings.meeting, name="meeting"),
    path("meetings/<uuid:target_id>/change", meetings.change, name="meeting-change"),
    path("meetings/<uuid:target_id>/decline", meetings.decline, name="meeting-decline"),
    path("meetings/<uuid:target_id>/calendar", meetings.calendar, name="meeting-calendar"),
    path("students/<uuid:student_id>/file", files.student_file, name="file"),
    path("plan", plan.plan, name="plan"),
    path("plan/<uuid:item_id>/check-in", plan.check_in, name="plan-check-in"),
    path("plan/<uuid:item_id>/excuse", plan.excuse, name="plan-excuse"),
    path("plan/<uuid:item_id>/stuck", plan.stuck, name="plan-stuck"),
    path("plan/<uuid:item_id>/done", plan.done, name="plan-done"),
    path("plan/<uuid:case_id>/score", plan.score, name="plan-score"),
    path("notices/<uuid:target_id>", notices.notice, name="notice"),
    path("notices/<uuid:notice_id>/contacts", notices.contacts, name="notice-contacts"),
    path("tasks/done", tasks.done, name="task-done"),
    path("tasks/<uuid:task_id>", tasks.task, name="task"),
    path("tasks/<uuid:task_id>/claim", tasks.claim, name="claim"),
    path("tasks/<uuid:task_id>/remind", tasks.remind, name="remind"),
    path("tasks/<uuid:task_id>/delegate", tasks.delegate, name="delegate"),
    path("tasks/<uuid:task_id>/return", tasks.send_back, name="return"),
]
