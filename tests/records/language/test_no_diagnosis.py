"""Rule 6: what no doctor found, or nobody has yet shown, is no certificate."""

import pytest

from records import language
from tests.records.language.reading import level, phrases, sign

NOT_DIAGNOSED = [
    "未经医院诊断，就是抑郁症。",
    "没去医院诊断，他有抑郁症。",
    "没有去市医院诊断，他有抑郁症。",
    "没有被医院诊断为抑郁症。",
    "一直不肯去医院诊断，抑郁症拖到现在。",
    "妈妈拒绝带孩子到医院诊断抑郁症。",
    "家长不同意去医院诊断抑郁症。",
    "还没到精神卫生中心门诊诊断，抑郁症的事先不写。",
    "医生不愿出具诊断证明，家里说是抑郁症。",
    "家长拿不出病历，只说有抑郁症。",
]
ASKED_FOR = [
    "建议去医院诊断是否抑郁症。",
    "需要医院诊断证明，怀疑他有抑郁症。",
    "要求家长补交医院诊断证明，他有抑郁症。",
    "请家长尽快提供诊断书，他有抑郁症。",
    "打算下周带他去医院诊断抑郁症。",
    "等医院诊断，可能是抑郁症。",
    "医院诊断是否抑郁症还不清楚。",
    "病历遗失，说是抑郁症。",
    "对照医院诊断标准，他有抑郁症。",
]
HEARD = ["妈妈说医院诊断为抑郁症。", "学生自称医院诊断过抑郁症。", "她爸讲，医院诊断是抑郁症。"]
FOUND = [
    "市医院11月3日诊断为抑郁症，病历由校医保管。",
    "按家长要求，市一院门诊诊断为抑郁症。",
    "没想到医院诊断为抑郁症，家长提交了诊断书。",
    "经班主任建议到市医院诊断为抑郁症。",
    "母亲表示同意，诊断证明写明抑郁症，由校医存档。",
    "未成年学生由监护人陪同，市医院诊断为抑郁症。",
    "班主任请假陪同，市医院诊断为抑郁症。",
    "因不愿上课，10月8日医生诊断为焦虑症。",
    "母亲说明情况，并提交医院诊断证明：焦虑症。",
    "医院诊断为抑郁症，建议休学两周。",
    "县医院诊断为抑郁症，需要每月复诊。",
]


@pytest.mark.parametrize("text", [*NOT_DIAGNOSED, *ASKED_FOR, *HEARD])
def test_what_no_doctor_found_asks_for_the_certificate(text: str) -> None:
    verdict = sign(text)
    assert verdict.level != "ok"
    assert {"抑郁症"} & set(phrases(verdict))


@pytest.mark.parametrize("text", FOUND)
def test_what_a_doctor_found_asks_nothing(text: str) -> None:
    assert level(text) == "ok"


@pytest.mark.parametrize(
    "basis", ["没有去医院诊断", "妈妈说医院诊断过", "已要求家长补交病历", "拿不出诊断证明"]
)
def test_no_such_basis_is_a_paper(basis: str) -> None:
    assert not language.on_medical_paper(basis)


@pytest.mark.parametrize(
    "basis", ["市一院诊断", "11月3日诊断证明，校医核对原件", "医院诊断为焦虑症"]
)
def test_a_paper_is_one(basis: str) -> None:
    assert language.on_medical_paper(basis)
