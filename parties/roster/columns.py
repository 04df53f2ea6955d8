"""The sheets a school sends, their columns, and the names that schools really write above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a sheet holds, in the order in which it is imported."""

    SCHOOL = "学校"
    CALENDAR = "校历"
    CLASSES = "班级"
    STAFF = "教职工"
    DUTY = "值班表"
    STUDENTS = "学生"
    GUARDIANS = "监护人"
    COMPANIES = "企业"
    COMPANY_PEOPLE = "企业人员"
    PLACEMENTS = "岗位实习"


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a row and the headers that mean it; the first one is used in messages."""

    field: str
    names: tuple[str, ...]
    required: bool = False


def _column(field: str, names: str, *, required: bool = False) -> Column:
    return Column(field, tuple(names.split()), required)


_STUDENT_NO: Final = _column("student_no", "学号 学生学号 学生编号", required=True)
_EMAIL: Final = _column("email", "邮箱 电子邮箱 电子邮件 邮箱地址 E-mail Email")
_STARTS: Final = _column("starts_on", "任职开始 任职起 开始日期 起始日期")
_ENDS: Final = _column("ends_on", "任职结束 任职止 结束日期 截止日期")
_STAFF_NO: Final = _column("staff_no", "工号 教工号 职工号 教职工号", required=True)
_USCC: Final = _column("uscc", "统一社会信用代码 社会信用代码 信用代码", required=True)
_PHONE: Final = _column("phone", "手机号 手机号码 联系电话 手机 电话 本人手机号")
_ID_TYPE: Final = _column("id_type", "身份证件类型 证件类型")

COLUMNS: Final[Mapping[Kind, Sequence[Column]]] = {
    Kind.SCHOOL: (
        _column("code", "学校代码 学校标识码 学校编码", required=True),
        _column("name", "学校名称 学校全称", required=True),
    ),
    Kind.CALENDAR: (
        _column("date", "日期", required=True),
        _column("is_working", "是否上班 是否工作日 是否上课 上班", required=True),
        _column("note", "说明 备注"),
    ),
    Kind.CLASSES: (
        _column("code", "班级代码 行政班代码 班级编号 班号", required=True),
        _column("name", "班级名称 班级 行政班名称", required=True),
        _column("grade", "年级 所属年级", required=True),
        _column("major", "专业 专业名称"),
    ),
    Kind.STAFF: (
        _STAFF_NO,
        _column("name", "姓名 教师姓名 教职工姓名", required=True),
        _column("role", "角色 岗位角色 职务", required=True),
        _column("school_class", "班级 班级代码 所带班级"),
        _column("grade", "年级 所带年级"),
        _column("head", "是否负责人 负责人"),
        _column("deputy", "线外代表 是否线外代表 指定副手"),
        _column("substitute_no", "代理人工号 替代人工号"),
        _PHONE,
        _EMAIL,
        _STARTS,
        _ENDS,
    ),
    Kind.DUTY: (
        _column("date", "值班日期 日期", required=True),
        _column("role", "值班角色 角色", required=True),
        _column("staff_no", "值班人工号 工号", required=True),
        _column("name", "值班人 值班人姓名 姓名"),
        _column("substitute_no", "替班人工号 代班人工号"),
        _column("substitute_name", "替班人 代班人"),
        _column("start_time", "开始时间 起始时间", required=True),
        _column("end_date", "结束日期"),
        _column("end_time", "结束时间", required=True),
    ),
    Kind.STUDENTS: (
        _STUDENT_NO,
        _column("name", "姓名 学生姓名", required=True),
        _column("school_class", "班级 班级代码 班级名称 行政班 行政班代码 所在班级", required=True),
        _column("sex", "性别"),
        _column("birth_date", "出生日期 出生年月日 生日"),
        _ID_TYPE,
        _column("id_no", "身份证号 身份证件号 身份证号码 证件号码 公民身份号码"),
        _column("national_edu_id", "学籍号 全国学籍号"),
        _column("phone", "本人手机号 手机号 手机号码 学生电话 本人电话 联系电话"),
        _EMAIL,
        _column("enrolled_on", "入学年月日 入学日期 入学年月"),
        _column("boarding", "寄宿类型 是否住宿 是否寄宿 住宿"),
        _column("guardian_name", "监护人姓名 家长姓名"),
        _column("guardian_phone", "监护人电话 监护人手机号 家长电话"),
        _column("relation", "与本人关系 与学生关系 关系"),
    ),
    Kind.GUARDIANS: (
        _STUDENT_NO,
        _column("student_name", "学生姓名 姓名"),
        _column("name", "监护人姓名 家长姓名", required=True),
        _column("relation", "与本人关系 与学生关系 关系", required=True),
        _column("phone", "监护人电话 监护人手机号 家长电话 手机号 手机号码 联系电话"),
        _EMAIL,
        # A bare 身份证号 could be the student's: it must not end up with the guardian.
        _column("id_type", "监护人证件类型"),
        _column("id_no", "监护人身份证号 监护人证件号码"),
        _column("legal_guardian", "法定监护 是否法定监护人 法定监护人"),
        _column("delegate_carer", "委托照护 是否委托照护人 委托照护人"),
        _column("contact_priority", "联系顺序 联系优先级"),
        _column("child_data_access", "可查看子女信息"),
        _column("no_contact", "禁止联系"),
        _column("do_not_tell", "不告知"),
        _column("no_meeting", "不见面"),
        _column("order_no", "限制文书编号 文书编号"),
        _column("restricted_from", "限制开始 限制起"),
        _column("restricted_to", "限制结束 限制止"),
    ),
    Kind.COMPANIES: (
        _USCC,
        _column("name", "企业名称 单位名称 实习单位 公司名称", required=True),
        _column("district", "行政区 所在区县"),
        _column("address", "地址 单位地址 企业地址"),
        _column("contact_name", "联系人 企业联系人"),
        _column("phone", "联系电话 联系人电话 电话"),
        _column("duty_phone", "值班电话 24小时值班电话 负责人电话"),
    ),
    Kind.COMPANY_PEOPLE: (
        _USCC,
        _column("company_name", "企业名称 单位名称"),
        _column("name", "姓名", required=True),
        _column("role", "企业角色 角色", required=True),
        _PHONE,
        _EMAIL,
        _STARTS,
        _ENDS,
    ),
    Kind.PLACEMENTS: (
        _column("agreement_no", "协议编号 三方协议编号", required=True),
        _STUDENT_NO,
        _column("student_name", "学生姓名 姓名"),
        _USCC,
        _column("company_name", "企业名称 单位名称 实习单位"),
        _column("post", "岗位 岗位名称 实习岗位", required=True),
        _column("workplace", "实习地点 工作地点"),
        _column("starts_on", "实习开始日期 开始日期 实习起始日期", required=True),
        _column("ends_on", "实习结束日期 结束日期 实习截止日期", required=True),
        _column("mentor_name", "企业导师姓名 企业导师 企业指导教师"),
        _column("mentor_phone", "企业导师电话 企业指导教师电话"),
        _column("supervisor_no", "指导教师工号 校内指导教师工号"),
        _column("state", "状态 实习状态"),
    ),
}

#: Known from the import template of vocational schools; there is no field for them yet.
NOT_STORED: Final = (
    "专业 籍贯 毕业学校 学生来源 联招合作类型 生源地(省) 生源地(市) 招生方式 户口性质 户籍地(省)"
    " 户籍地(市) 户籍地(区/县) 户籍地(乡/镇) 户籍地(村) 户籍详细地址 现居住地址 学制 入学方式"
    " 学生类别 分段培养方式 QQ号 微信号 寄宿联系人 寄宿联系电话 报考志愿 准考试证号 考点 考试成绩"
    " 家庭地址邮编 学生居住地类型 学习形式 年级 拼音 姓名拼音 曾用名 备注 序号 部门 星期"
)
