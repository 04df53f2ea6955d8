"""Every code that a problem may carry, in both languages. Add new codes, never rename one."""

from typing import Final

from api.texts import Known, Text


def _known(status: int, zh: str, en: str, detail_zh: str, detail_en: str) -> Known:
    return Known(status, Text(zh, en), Text(detail_zh, detail_en))


PROBLEMS: Final[dict[str, Known]] = {
    "request.malformed": _known(
        400,
        "请求无法读懂",
        "Malformed request",
        "请求内容不是有效的 UTF-8 JSON 对象，上传文件时不是完整的表单，请检查后重发。",
        "The request is no valid JSON object in UTF-8, or with a file no whole form. Check it.",
    ),
    "input.invalid": _known(
        400,
        "内容有误",
        "Invalid input",
        "请按 errors 中的说明改正后重发。",
        "Correct what errors names and send it again.",
    ),
    "cursor.invalid": _known(
        400,
        "翻页标记无效",
        "Invalid cursor",
        "请从第一页重新开始。",
        "Start again from the first page.",
    ),
    "sign_in.required": _known(
        401,
        "请先登录",
        "Sign in first",
        "请登录，或提供有效的 API 密钥。",
        "Sign in, or send a valid API key.",
    ),
    "sign_in.refused": _known(
        401,
        "未能登录",
        "Not signed in",
        "账号、密码、链接或密钥无效。",
        "Login, password, link or key opens nothing.",
    ),
    "sign_in.link_withdrawn": _known(
        410,
        "现在不用处理",
        "Nothing to do now",
        "学校正在整理链接里的内容，现在不用您做什么；需要时会再给您发新链接。",
        "The school is working on what the link is for. A new link comes when you are needed.",
    ),
    "request.csrf": _known(
        403,
        "来源无法确认",
        "Origin not confirmed",
        "请带上 GET /api/v1/session 给出的 csrf_token（X-CSRFToken）后重发。",
        "Send the csrf_token of GET /api/v1/session in X-CSRFToken.",
    ),
    "access.not_allowed": _known(
        403,
        "没有权限",
        "Not allowed",
        "您没有此项操作的权限。",
        "You hold no role that permits this act.",
    ),
    "link.bound": _known(
        403,
        "链接仅限一件事",
        "Link opens one matter only",
        "该链接只能用于指定的一件事，请重新登录。",
        "This link opens one matter only. Sign in to do anything else.",
    ),
    "task.same_person": _known(
        403,
        "须由另一人决定",
        "Another person must decide",
        "须由两人分别作出决定，您已作出前一项决定。",
        "Two people must decide; you have given the first of the two names.",
    ),
    "task.conflict_of_interest": _known(
        403,
        "应当回避",
        "Conflict of interest",
        "与该事项有关联的人应当回避。",
        "A person the matter concerns decides nothing in it.",
    ),
    "access.not_found": _known(
        404, "没有找到", "Not found", "没有找到。", "There is no such thing for you."
    ),
    "request.method": _known(
        405,
        "不支持的方法",
        "Method not allowed",
        "此地址不支持该方法，请看 Allow。",
        "This address does not answer that method. See Allow.",
    ),
    "state.wrong": _known(
        409,
        "情况已变化",
        "It has moved on",
        "情况已变化，请刷新后再决定。",
        "It has moved on. Reload and decide again.",
    ),
    "state.lost_race": _known(
        409,
        "别人先改了",
        "Somebody was faster",
        "yours 是您看到的版本，current 是现在的版本；请重新读取后再改。",
        "yours is what you had read, current is what there is now. Read it again, then change it.",
    ),
    "idempotency.mismatch": _known(
        409,
        "幂等键已用于别的请求",
        "Idempotency key used before",
        "同一个 Idempotency-Key 曾用于不同的内容；请换一个新的键再发。",
        "This Idempotency-Key came with other content before. Use a new one.",
    ),
    "idempotency.in_flight": _known(
        409,
        "相同请求正在处理",
        "Same request in progress",
        "相同的请求正在处理，请稍后用同一个键重试。",
        "The same request is in progress. Try again with the same key.",
    ),
    "clock.drill_refused": _known(
        409, "演练时钟未启用", "No drill", "演练时钟未启用。", "School time moves in drills only."
    ),
    "precondition.failed": _known(
        412,
        "内容已被更改",
        "It was changed meanwhile",
        "您看到的内容已被更改，请重新读取后再改。",
        "What you saw was changed meanwhile. Read it again, then change it.",
    ),
    "precondition.required": _known(
        428,
        "缺少 If-Match",
        "If-Match required",
        "请带上读取时得到的 ETag（If-Match）后重发。",
        "Send the ETag that reading gave you in If-Match.",
    ),
    "notice.about_one_person": _known(
        422,
        "通知里有个人信息",
        "The notice is about one person",
        "群发通知不能写某一位学生或家长的情况，请按 errors 逐条修改。",
        "A message to many families may not be about one person. Mend what errors names.",
    ),
    "notice.not_neutral": _known(
        422,
        "通知的文字还不能发出",
        "The notice cannot go out as it is worded",
        "通知里有不能写的词语，或还有没填写的〔〕，请按 errors 逐条修改。",
        "It holds words that may not go to families, or open slots. Mend what errors names.",
    ),
    "request.length_required": _known(
        411,
        "缺少长度",
        "Length required",
        "请带上 Content-Length 后重发。",
        "Send a Content-Length.",
    ),
    "request.too_large": _known(
        413,
        "内容太大",
        "Too large",
        "内容太大，请缩短后重发。",
        "The request is too large. Shorten it and send it again.",
    ),
    "request.unsupported_type": _known(
        415,
        "不支持的内容类型",
        "Unsupported media type",
        "请换 Content-Type 重发：上传文件用 multipart/form-data，其余用 application/json。",
        "Send it again as multipart/form-data for a file, else as application/json.",
    ),
    "upload.refused": _known(
        422,
        "文件不能接收",
        "File not accepted",
        "请按 errors 中的说明处理后重新上传；reason 是原因代码。",
        "Do what errors says and upload it again; reason is the code of the reason.",
    ),
    "printing.too_much": _known(
        422,
        "内容太多",
        "Too much for one document",
        "一份文件放不下，请改为导出 JSON，或缩小范围。",
        "More than one document holds. Take JSON, or less.",
    ),
    "request.precondition_required": _known(
        428,
        "请注明所依据的版本",
        "Say which version you read",
        "请把读取时得到的 ETag 放进 If-Match 后重发；签字、拒签或代记签字时，送回读到的 as_read。",
        "Send the ETag of your reading as If-Match; to sign or refuse, its as_read in the body.",
    ),
    "sign_in.too_many": _known(
        429,
        "尝试太多",
        "Too many tries",
        "尝试次数太多，请稍后再试。紧急情况请直接拨打 110 或 120。",
        "Too many tries; wait a while. In danger call 110 or 120.",
    ),
    "printing.failed": _known(
        500,
        "没有生成 PDF",
        "No PDF was made",
        "排版失败，没有生成 PDF。可以先导出 JSON。",
        "Setting the PDF failed. JSON can still be had.",
    ),
    "printing.font_missing": _known(
        503,
        "没有中文字体",
        "No Chinese font",
        "这台服务器上没有中文字体，不能生成 PDF；JSON 不受影响。",
        "This server has no Chinese font. JSON can still be had.",
    ),
    "server.error": _known(
        500,
        "服务出错",
        "Server error",
        "服务出错，已记录。紧急情况请直接拨打 110 或 120。",
        "Something failed here and was recorded. In danger call 110 or 120.",
    ),
    "vault.missing": _known(
        500,
        "附件的文件不见了",
        "File is missing",
        "附件的文件不见了，请联系系统管理员。",
        "The file is not where it should be. Tell whoever runs this system.",
    ),
    "vault.unavailable": _known(
        503,
        "附件暂时无法存取",
        "Files not available",
        "附件暂时无法存取，请稍后再试。",
        "Files cannot be stored or read just now; try again.",
    ),
    "server.unavailable": _known(
        503,
        "暂时无法服务",
        "Unavailable",
        "暂时无法服务，请稍后重试。紧急情况请直接拨打 110 或 120。",
        "Not available just now; try again. In danger call 110 or 120.",
    ),
}
