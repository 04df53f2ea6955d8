"""The twelve rules of the engine beyond a list of words, in their order."""

from datetime import timedelta

import pytest

from records.language import Author, Effect, Field, Level, Moment, People, Severity, check
from tests.records.language.reading import effects, level, only, phrases, sign

# --- 1: the longest match first ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("双差生一名", ["双差生"]),
        ("家长态度恶劣", ["家长态度恶劣"]),
        ("来访者态度恶劣", ["态度恶劣"]),
        ("双相情感障碍", ["双相情感障碍"]),
        ("小混混，差生，双差生", ["小混混", "差生", "双差生"]),
    ],
)
def test_1_the_longest_phrase_wins(text: str, wanted: list[str]) -> None:
    assert phrases(sign(text)) == wanted


# --- 2: insertions and variants ------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["问 题 家 庭", "问题·家庭", "問題家庭", "问\u200b题家庭", "问　题家庭", "wenti jiating",
     "wen ti jia ting", "wèntí jiātíng", "问题jiating", "Wenti家庭", "问提家庭", "“问题”家庭"],
)  # fmt: skip
def test_2_however_it_is_written_it_is_found_and_its_place_is_kept(written: str) -> None:
    found = only(sign(f"来自：{written}，家访"))

    assert (found.phrase, found.effect) == ("问题家庭", Effect.BLOCK)
    assert found.start == 3 + written.startswith("“")  # the mark itself is no part of it
    assert found.end == 3 + len(written)


def test_2_homophones_are_found() -> None:
    assert only(sign("挫生一枚")).phrase == "差生"


@pytest.mark.parametrize("written", ["问体家庭", "文题家庭", "问1题家庭", "问题家x庭"])
def test_2_a_long_phrase_is_found_by_its_sound_or_with_one_letter_inside(written: str) -> None:
    found = only(sign(f"来自{written}，家访"))

    assert (found.phrase, found.start, found.end) == ("问题家庭", 2, 2 + len(written))


@pytest.mark.parametrize("text", ["闻提甲挺", "家长A于家庭12号楼", "问题。1家庭"])
def test_2_what_only_sounds_alike_by_chance_is_not_found(text: str) -> None:
    assert phrases(sign(text)) == []


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("妈妈很不配合", "家长不配合"),
        ("爷爷胡搅蛮缠", "家长胡搅蛮缠"),
        ("态度极其恶劣", "态度恶劣"),
    ],
)
def test_2_relatives_and_degrees_change_nothing(text: str, phrase: str) -> None:
    assert only(sign(text)).phrase == phrase


# --- 3: statutory words, trade words, names ------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["留守未成年学生", "困境未成年学生", "家庭经济困难学生认定", "学生欺凌治理委员会",
     "精神卫生中心", "残疾人证", "特殊教育", "问题描述", "问题学生会", "后进先出",
     "双相不锈钢", "自闭锁开关", "短路", "死机", "雙相不鏽鋼", "双 相 不 锈 钢"],
)  # fmt: skip
def test_3_a_statutory_or_trade_term_passes(text: str) -> None:
    assert sign(f"关于{text}的记录").findings == ()


def test_3_an_allowed_term_hides_nothing_beside_it() -> None:
    assert phrases(sign("双相不锈钢焊接，双相，自闭锁开关，自闭")) == ["双相", "自闭"]


def test_3_a_longer_phrase_wins_over_an_allowed_term() -> None:
    assert level("问题学生会影响班风") == Level.BLOCK
    assert level("问题学生会议程") == Level.OK


def test_3_a_certificate_field_may_name_an_illness() -> None:
    text = "患者焦虑症，建议复诊。"

    assert sign(text, field=Field.CERTIFICATE).findings == ()
    assert only(sign(text)).phrase == "焦虑症"
    assert level("患者是差生。", field=Field.CERTIFICATE) == Level.BLOCK


@pytest.mark.parametrize("text", ["黄异类今日请假", "李自私下来问过", "黄 异 类今日请假"])
def test_3_a_name_that_holds_or_touches_a_phrase_passes(text: str) -> None:
    people = People.named(own=["黄异类", "李自"])

    assert sign(text, people=people).findings == ()
    assert sign(text).findings != ()


# --- 4: negation and mention ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["他不是差生", "并非什么问题学生", "不 是 差 生", "禁用“问题家庭”",
     "不得使用差生、坏孩子等称呼",
     "不要把他当成问题学生", "请删除“屡教不改”一词", "给学生贴“差生”标签不妥",
     "我从未称他为笨蛋", "学生不想再被叫作“差生”"],
)  # fmt: skip
def test_4_what_is_denied_or_mentioned_is_a_hint(text: str) -> None:
    verdict = sign(text)

    assert verdict.level == Level.HINT
    assert {found.severity for found in verdict.findings} == {Severity.DISCOURAGED}
    assert set(effects(verdict)) == {Effect.HINT}


@pytest.mark.parametrize(
    "text",
    ["是不是差生", "难道不是差生", "他不是差生是什么", "不只是差生", "要不是差生",
     "不是差生就是混子",
     "不是没有问题，他是差生", "不要来，差生", "谁说他不是问题学生", "家长说“他是个差生”",
     "防止差生影响他人", "不要和差生来往", "不过是个混子", "特别是差生", "别人说他是小偷",
     "不得不说他是差生", "别理他，“差生”一个", "不叫他差生叫什么"],
)  # fmt: skip
def test_4_what_only_sounds_like_a_denial_is_blocked(text: str) -> None:
    assert level(text) == Level.BLOCK


def test_4_a_whole_sentence_in_quotation_marks_is_no_mention() -> None:
    assert level("请删除“他就是个差生，大家知道”") == Level.BLOCK


def test_4_a_denial_does_not_reach_back_to_the_phrase_before() -> None:
    assert effects(sign("他是差生，不是混子。")) == [Effect.BLOCK, Effect.HINT]


def test_4_a_denial_does_not_reach_into_the_next_clause() -> None:
    assert effects(sign("他不是差生，他是混子。")) == [Effect.HINT, Effect.BLOCK]


@pytest.mark.parametrize("text", ["他不是差生", "禁用“问题家庭”", "他不是性格内向"])
def test_4_what_is_denied_is_not_blocked_when_it_is_shared_either(text: str) -> None:
    found = only(sign(text, moment=Moment.SHARE))

    assert (found.severity, found.effect) == (Severity.DISCOURAGED, Effect.HINT)


@pytest.mark.parametrize("text", ["他是差生", "他性格内向"])
def test_4_what_is_said_is_blocked_when_it_is_shared(text: str) -> None:
    assert level(text, moment=Moment.SHARE) == Level.BLOCK


# --- 5: quotations -------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", Moment)
def test_5_a_quote_field_shows_the_words_as_a_quote(moment: Moment) -> None:
    verdict = sign("父亲说：“他就是个废物，我总是这么说。”", field=Field.QUOTE, moment=moment)

    assert (verdict.level, effects(verdict)) == (Level.OK, [Effect.QUOTE, Effect.QUOTE])


@pytest.mark.parametrize(
    "text", ["父亲说他就是个废物", "父亲说：“我管不了”，废物", "父亲说：“他是废物", "父亲说”废物“"]
)
def test_5_outside_of_the_marks_the_same_words_are_blocked(text: str) -> None:
    assert level(text, field=Field.QUOTE) == Level.BLOCK


def test_5_quotation_marks_alone_do_not_make_a_quote_field() -> None:
    assert level("父亲说：“他就是个废物。”") == Level.BLOCK


def test_5_a_phrase_across_the_edge_of_a_quotation_is_not_quoted() -> None:
    assert level("他说“问题”家庭", field=Field.QUOTE) == Level.BLOCK


@pytest.mark.parametrize(
    "text",
    ["报废物料已送回库房。", "作废物品登记表", "难怪胎压报警灯亮。", "没家教课。", "清扫残废料。",
     "把刺头磨平。"],
)  # fmt: skip
def test_4_words_of_the_trade_are_no_judgement(text: str) -> None:
    assert level(text) == Level.OK


@pytest.mark.parametrize(
    "text", ["他是废物，料不到。", "他是个刺头。", "真是怪胎。", "没家教。", "没家教课上乱说。"]
)
def test_4_what_only_looks_like_the_trade_is_stopped(text: str) -> None:
    assert level(text) == Level.BLOCK


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("本周学习课文《小偷》。", Level.HINT),
        ("读后感写《白痴》一书。", Level.HINT),
        ("他就是个《小偷》。", Level.BLOCK),
        ("课文《小偷》读完，他是小偷。", Level.BLOCK),
    ],
)
def test_4_a_title_is_a_mention(text: str, wanted: Level) -> None:
    assert level(text) == wanted


# --- 6: diagnoses --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["学生有抑郁症", "她是双相", "疑似强迫症", "阿斯伯格"])
def test_6_an_illness_without_certificate_is_asked_about(text: str) -> None:
    found = only(sign(text))

    assert found.effect == Effect.CONFIRM
    assert "是否有医疗机构诊断？" in found.note


@pytest.mark.parametrize("author", Author)
def test_6_every_author_is_asked(author: Author) -> None:
    assert "是否有医疗机构诊断？" in only(sign("她有抑郁症", author=author)).note


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("市一医院诊断证明：抑郁症。", Level.OK),
        ("经精神卫生中心医师确诊为抑郁症。", Level.OK),
        ("没有诊断证明，我看是抑郁症。", Level.HINT),
        ("没去过医院，我的诊断是抑郁症。", Level.HINT),
        ("医院没有诊断出抑郁症。", Level.HINT),
        ("诊断证明里没有抑郁症。", Level.HINT),
        ("诊断证明另附。他有抑郁症。", Level.HINT),
    ],
)
def test_6_a_certificate_in_the_same_sentence_answers_the_question(
    text: str, wanted: Level
) -> None:
    assert level(text) == wanted


# --- 7: absolutes and guesses --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asks"),
    [("总是迟到", "日期"), ("从来不交", "次数"), ("三天两头请假", "次数"), ("肯定是他", "依据"),
     ("据说如此", "来源"), ("听说如此", "来源"), ("十有八九如此", "依据")],
)  # fmt: skip
def test_7_absolutes_and_guesses_ask_for_count_date_or_source(text: str, asks: str) -> None:
    found = only(sign(text))

    assert found.effect == Effect.CONFIRM
    assert asks in found.note


def test_7_a_forbidden_guess_asks_and_blocks() -> None:
    found = only(sign("一看就是没睡"))

    assert found.effect == Effect.BLOCK
    assert "依据" in found.note


# --- 8: a trait without a fact -------------------------------------------------------------------


@pytest.mark.parametrize("text", ["他很粗心", "学生 做事 马·虎", "這名學生貪玩", "母亲：固执"])
@pytest.mark.parametrize("moment", Moment)
def test_8_a_trait_on_a_person_without_a_fact_is_a_hint(text: str, moment: Moment) -> None:
    assert effects(sign(text, moment=moment)) == [Effect.HINT]


@pytest.mark.parametrize(
    "text",
    ["10月9日他粗心，报告漏写3处。", "他本周两次粗心。", "他一点也不粗心。",
     "粗心是这类错误的原因。",
     "砂轮进给过急躁动明显。", "他周三练琴时有些急躁。"],
)  # fmt: skip
def test_8_a_fact_a_denial_or_nobody_makes_it_pass(text: str) -> None:
    assert sign(text).findings == ()


def test_8_a_name_is_a_person_too() -> None:
    text = "陈晓明很粗心"

    assert level(text) == Level.OK
    assert level(text, people=People.named(own=["陈晓明"])) == Level.HINT


def test_8_a_fact_in_another_sentence_does_not_count() -> None:
    assert level("10月9日谈话。他粗心。") == Level.HINT
    assert level("他粗心。10月9日谈话。") == Level.HINT


# --- 9: other students ---------------------------------------------------------------------------


def test_9_another_students_name_is_to_be_taken_out() -> None:
    people = People.named(own=["陈晓"], others=["王伟", "王伟强"])

    verdict = sign("陈晓与王伟强、王 伟同组。", people=people)

    assert [(found.phrase, found.category) for found in verdict.findings] == [
        ("王伟强", "third_party"),
        ("王伟", "third_party"),
    ]
    assert effects(verdict) == [Effect.CONFIRM, Effect.CONFIRM]
    assert only(sign("王 伟", people=people)).end == 3


def test_9_the_longer_name_wins_whoever_bears_it() -> None:
    people = People.named(own=["王伟强"], others=["王伟"])

    assert sign("王伟强独立完成。", people=people).findings == ()


def test_9_a_namesake_is_not_told_apart_and_not_reported() -> None:
    people = People.named(own=["王伟"], others=["王伟"])

    assert sign("王伟独立完成。", people=people).findings == ()


def test_9_a_quotation_does_not_cover_another_students_name() -> None:
    people = People.named(others=["王伟"])

    assert level("母亲：“是王伟。”", field=Field.QUOTE, people=people) == Level.HINT


def test_9_nobody_leaves_the_school_by_name() -> None:
    people = People.named(others=["王伟"])

    assert level("与王伟同组。", people=people, moment=Moment.SHARE) == Level.BLOCK


# --- 10: severity by moment ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "forbidden", "discouraged"),
    [
        (Moment.DRAFT, Effect.HINT, Effect.HINT),
        (Moment.SIGN, Effect.BLOCK, Effect.CONFIRM),
        (Moment.SHARE, Effect.BLOCK, Effect.BLOCK),
        (Moment.CRISIS, Effect.HINT, Effect.HINT),
    ],
)
@pytest.mark.parametrize("author", [Author.STAFF, Author.COMPANY])
def test_10_the_moment_decides(
    author: Author, moment: Moment, forbidden: Effect, discouraged: Effect
) -> None:
    assert only(check("差生", moment=moment, author=author)).effect == forbidden
    assert only(check("上课走神", moment=moment, author=author)).effect == discouraged


def test_10_a_crisis_report_is_mended_within_a_day() -> None:
    assert sign("差生", moment=Moment.CRISIS).mend_within == timedelta(hours=24)
    assert sign("上课走神", moment=Moment.CRISIS).mend_within is None
    assert sign("差生").mend_within is None


# --- 11: companies and parents -------------------------------------------------------------------


@pytest.mark.parametrize("moment", Moment)
def test_11_a_parent_is_offered_and_never_blocked(moment: Moment) -> None:
    verdict = check("我儿子是差生，总是不听讲", moment=moment, author=Author.PARENT)

    assert (verdict.level, set(effects(verdict))) == (Level.HINT, {Effect.HINT})
    assert verdict.keeps_own_words
    assert "原话会作为引语" in verdict.findings[0].note
    assert verdict.findings[0].suggestion


def test_11_a_company_is_checked_like_staff_in_kinder_words() -> None:
    company, staff = (only(sign("磨洋工", author=who)) for who in (Author.COMPANY, Author.STAFF))

    assert (company.effect, company.suggestion) == (staff.effect, staff.suggestion)
    assert company.note != staff.note
    assert "谢谢" in company.note


def test_what_was_heard_gives_the_author_of_a_crisis_report_nothing_to_mend() -> None:
    said = "孩子说：“爸爸骂我无可救药”"

    quoted = check(said, moment=Moment.CRISIS, author=Author.STAFF, field=Field.QUOTE)
    own = check("无可救药", moment=Moment.CRISIS, author=Author.STAFF, field=Field.QUOTE)

    assert quoted.mend_within is None
    assert own.mend_within is not None
