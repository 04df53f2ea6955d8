"""Words that a person should look at: found however they are spelled, and only ever a hint."""

import csv
from pathlib import Path

import pytest

from records import signs

ROWS = list(csv.DictReader(Path(signs.__file__).with_name("words.csv").open(encoding="utf-8")))


WORDS = [row for row in ROWS if row["sign"] != "calm"]
CALM = [row for row in ROWS if row["sign"] == "calm"]


@pytest.mark.parametrize("row", WORDS, ids=lambda row: row["word"])
def test_every_word_is_found_in_a_sentence(row: dict[str, str]) -> None:
    found = signs.read(f"家长回复：{row['word']}，请尽快联系我。")

    assert row["category"] in getattr(found, row["sign"])


@pytest.mark.parametrize("row", CALM, ids=lambda row: row["word"])
def test_a_word_that_only_looks_like_one_gives_no_hint(row: dict[str, str]) -> None:
    assert signs.read(f"老师：{row['word']}，谢谢。") == signs.Signs()


def past(row: dict[str, str]) -> list[str]:
    """打了他 and 打过他, where the row lets 了 slip in."""
    word, place = row["word"], (row["slip"] or "").removesuffix("了")
    return [word[: int(place)] + one + word[int(place) :] for one in "了过" if place.isdigit()]


def test_every_calm_word_holds_a_listed_one() -> None:
    """Otherwise it does nothing, and somebody may believe that it does."""
    words = [word for row in WORDS for word in (row["word"], *past(row))]

    assert [row["word"] for row in CALM if not any(one in row["word"] for one in words)] == []


@pytest.mark.parametrize(
    "text",
    [
        "她說不想活了", "孩子寫了遺書", "想跳樓", "割脈", "自殺", "輕生的念頭", "活著沒意思",
        "離家出走", "被強姦", "性騷擾", "被威脅、被毆打",
    ],
)  # fmt: skip
def test_traditional_characters_say_the_same(text: str) -> None:
    assert signs.read(text).level == "red"


@pytest.mark.parametrize(
    "text",
    [
        "ta shuo bu xiang huo le", "TIAOLOU", "zì shā", "说zisha了", "想si", "自sha", "割mai",
        "li jia chu zou", "ｊｉａｂａｏ", "bei打", "xiang死",
    ],
)  # fmt: skip
def test_pinyin_says_the_same(text: str) -> None:
    assert signs.read(text).level == "red"


@pytest.mark.parametrize(
    "text",
    [
        "笑死我了", "累死了", "今天已打卡", "热死了，风扇坏了", "想死你了妈妈", "有事打我电话",
        "yishu节几点开始", "xiangsi树", "design课", "weixin联系", "Lisa的妈妈", "shizhong",
        "不想活动", "年轻生命的意义", "判断指标", "微信访问不了", "用多媒体教室", "接触电工实训",
        "机床上吊装工件", "针对性辅导很好", "0712345678",
    ],
)  # fmt: skip
def test_ordinary_words_that_look_alike_give_no_hint(text: str) -> None:
    assert signs.read(text) == signs.Signs()


@pytest.mark.parametrize(
    "text", ["防欺凌的课他没去，孩子还是被欺凌", "打我电话没用，他爸又打我", "他的手被打断了"]
)
def test_a_calm_word_hides_nothing_but_itself(text: str) -> None:
    assert signs.read(text).level == "red"


@pytest.mark.parametrize("text", ["不 想 活", "不·想·活", "不\u200b想活", "（不）想活"])
def test_signs_between_the_letters_hide_nothing(text: str) -> None:
    assert signs.read(text).level == "red"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("他喝了农药", "self_harm"),
        ("孩子喝了半瓶农药", "self_harm"),
        ("她吃了一瓶安眠药", "self_harm"),
        ("割了手腕", "self_harm"),
        ("用刀割了自己的手腕", "self_harm"),
        ("以前割过腕", "self_harm"),
        ("说想过死", "self_harm"),
        ("上了吊，快来", "self_harm"),
        ("伤害过自己", "self_harm"),
        ("想寻短见", "self_harm"),
        ("寻了短见", "self_harm"),
        ("要自尽", "self_harm"),
        ("怕她想不开", "self_harm"),
        ("被同学打了", "violence"),
        ("昨天被几个同学给打了", "violence"),
        ("被師傅打了", "violence"),
        ("班主任打过我孩子", "violence"),
        ("被室友欺负", "bullying"),
        ("被师傅摸了", "sexual_harm"),
        ("手指被切断", "accident"),
        ("机器切断了手指", "accident"),
        ("女儿不见了", "missing"),
    ],
)
def test_what_slips_into_a_word_hides_nothing(text: str, category: str) -> None:
    assert category in signs.read(text).red


@pytest.mark.parametrize(
    "text", ["孩子被打，回家一直哭", "他爸打我，电话也打不通", "昨天被打。印象很深"]
)
def test_two_sentences_make_no_calm_word(text: str) -> None:
    assert "violence" in signs.read(text).red


@pytest.mark.parametrize(
    "text",
    [
        "打了疫苗", "被医生打了疫苗", "看不见黑板", "割草", "割了草坪", "吃了药好多了",
        "喝了一瓶牛奶",
        "老师打了我电话", "打过我的手机", "打了我好几个电话", "发言被老师打断", "被同学打扰",
        "作业被老师打分", "学校上了吊扇", "上了吊瓶", "没想不开会的事", "家长各自尽责", "切断电源",
        "眼镜不见了", "接触过电工", "电脑中了毒", "集中了毒品预防的内容", "想开了",
        "打了卡", "跳了绳",
    ],
)  # fmt: skip
def test_everyday_words_stay_quiet(text: str) -> None:
    assert signs.read(text) == signs.Signs()


@pytest.mark.parametrize(
    "text", ["我撑不下去了", "孩子说夜班熬不下去", "她在吃安眠药", "觉得我是多余的"]
)
def test_tired_words_ask_for_a_look(text: str) -> None:
    assert signs.read(text).level != "none"


def test_red_outweighs_amber() -> None:
    assert signs.read("一直哭", "说想死").level == "red"


def test_amber_outweighs_a_complaint() -> None:
    assert signs.read("要投诉", "孩子一直哭").level == "amber"
    assert signs.read("要投诉").level == "complaint"


def test_an_ordinary_answer_gives_none() -> None:
    assert signs.read("收到，周五下午三点到校。") == signs.Signs()
    assert signs.read("收到").level == "none"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("孩子从楼上跳下去了", "self_harm"),
        ("他說要從樓頂跳下去", "self_harm"),
        ("手指被机器压断了", "accident"),
        ("孩子的手被冲床夹断", "accident"),
        ("头发被机器绞进去了", "accident"),
        ("他说我要杀了班主任", "violence"),
        ("同学带刀到学校", "violence"),
        ("他把刀带去学校了", "violence"),
        ("有人携带刀具进宿舍", "violence"),
        ("老师摸她的腿", "sexual_harm"),
        ("实习师傅总是摸我孩子", "sexual_harm"),
    ],
)
def test_what_families_write_about_a_danger_is_red(text: str, category: str) -> None:
    assert category in signs.read(text).red


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("他说不想再活下去", "self_harm"),
        ("不想繼續活著了", "self_harm"),
        ("I want to die.", "self_harm"),
        ("i WANNA  die", "self_harm"),
        ("他在作业本上写了suicide", "self_harm"),
        ("I'll kill myself", "self_harm"),
        ("i don’t want to live", "self_harm"),
        ("I dont want to live any more", "self_harm"),
        ("他爸喝酒就打人", "violence"),
        ("他爸喝醉了就打她", "violence"),
        ("她继父酒后打人", "violence"),
    ],
)
def test_what_a_child_says_or_types_is_red(text: str, category: str) -> None:
    assert category in signs.read(text).red


@pytest.mark.parametrize(
    "text",
    [
        "周三有生命教育讲座", "I want to diet", "a skill myself", "不想再活动了，想休息",
        "喝酒就打车回家", "爸爸喝醉了就打呼噜", "工人酒后打车离开",
    ],
)  # fmt: skip
def test_what_only_begins_like_it_stays_quiet(text: str) -> None:
    assert signs.read(text) == signs.Signs()


@pytest.mark.parametrize(
    "text",
    ["告你们学校", "再这样我要告", "我们要告到底", "我要去法院告学校", "你们等着收法院传票吧"],
)
def test_to_sue_is_a_complaint(text: str) -> None:
    assert signs.read(text).complaint


@pytest.mark.parametrize(
    "text",
    [
        "我要告诉您一件好事", "我要告假一天", "请转告学校值班室", "实训课请带刀具和工作服",
        "学校禁止携带刀具", "高温可以杀死病毒", "老师摸底测验在周三", "心跳下去一点就好",
        "大雪压断树枝，路不通",
    ],
)  # fmt: skip
def test_everyday_sentences_with_such_words_give_no_hint(text: str) -> None:
    found = signs.read(text)

    assert not found.red
    assert not found.complaint


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("她爸爸昨晚又动手了，满脸是血", "violence"),
        ("孩子三天没回家，找不到孩子了", "missing"),
        ("她说要投河", "self_harm"),
        ("联系不上了孩子", "missing"),
        ("联系不上他了", "missing"),
        ("孩子联系不上了", "missing"),
        ("他继父拿皮带抽他", "violence"),
        ("身上都是淤青", "violence"),
        ("孩子背上好多伤痕", "violence"),
        ("手腕上好多刀痕", "self_harm"),
        ("手臂上一道道的划痕", "self_harm"),
        ("他说要同归于尽", "self_harm"),
        ("她被人下药", "sexual_harm"),
        ("继父半夜进她房间", "sexual_harm"),
        ("孩子被人勒索", "bullying"),
        ("被同学堵在厕所打", "bullying"),
        ("他爸昨晚喝醉了把孩子打得满脸是血", "violence"),
        ("她爸昨天动手了", "violence"),
        ("妈妈扇了一巴掌", "violence"),
        ("她爸打了她", "violence"),
        ("昨晚整夜都没有回家", "missing"),
        ("孩子被网友约出去过夜", "sexual_harm"),
        ("洗澡被同学偷拍了", "sexual_harm"),
        ("揪着她的头发往墙上撞", "violence"),
        ("高年级的收保护费", "bullying"),
        ("有人扒了他的裤子", "bullying"),
        ("拍不雅视频要挟", "sexual_harm"),
        ("她站在天台不下来", "self_harm"),
        ("他拿刀划自己", "self_harm"),
        ("跟家里说我不活了", "self_harm"),
        ("写了遗言", "self_harm"),
        ("女儿怀了孕", "sexual_harm"),
        ("今天到现在还没回家", "missing"),
        ("他说大家没有他会更好", "self_harm"),
        ("没了我更好，你们就不用操心了", "self_harm"),
        ("我不想再醒来了", "self_harm"),
        ("希望一觉睡下去再也不醒", "self_harm"),
        ("他把安眠药全吃了", "self_harm"),
        ("奶奶的安眠药被她吃了半瓶，安眠药吃完就睡了", "self_harm"),
        ("发现她在攒药", "self_harm"),
        ("要是我死了，妈妈会不会后悔", "self_harm"),
        ("说自己不配活着", "self_harm"),
        ("他从六楼跳下去了", "self_harm"),
        ("上课时拿圆规扎自己", "self_harm"),
        ("活得好累，想解脱", "self_harm"),
        ("孩子被校外的人要钱，不给就打", "bullying"),
        ("几个人逼他交钱", "bullying"),
        ("室友让他下跪道歉", "bullying"),
        ("放学堵她好几次了", "bullying"),
    ],
)
def test_everyday_words_for_a_danger_are_red(text: str, category: str) -> None:
    assert category in signs.read(text).red


@pytest.mark.parametrize(
    "text",
    [
        "打球受伤流鼻血，已处理", "请打她爸爸电话", "打了他妈妈的手机没人接",
        "打过孩子班主任的电话", "他今天打卡晚了", "孩子打扫完教室再回家",
        "联系不上快递，教材晚两天到", "联系不上他们公司的人事", "孩子联系不上班主任，请老师回电",
        "他动手能力强", "喜欢动手做实验", "既动脑又动手，收获很大", "爸爸动手做了月饼",
        "周末和爸爸动手修水管", "皮带轮装反了", "实训要拿皮带轮和扳手", "皮带抽检合格",
        "刀具要交回工具间", "加工面有刀痕，要再磨一次", "河道清淤泥的社会实践",
        "昨天回家晚了，请谅解", "三天没回家作业，孩子很高兴", "投河北省的学校",
        "简历投江苏的企业", "帮孩子规划自己的职业", "学会计划自己的时间", "花养不活了，请换一盆",
        "打开煤气前先检查阀门", "烹饪课会开煤气灶", "电脑中了勒索病毒", "交一百元环境保护费",
        "请到前台找不到孩子的校服", "不知道孩子去哪个班报到", "孩子手上烫了个泡，已上药",
        "奶奶住院，这周没回家", "住校生这周没回来", "打印表格后打我微信", "拿了双打他很开心",
        "运动会打伤风疫苗的通知收到", "老师敲打他一下就好", "用皮带打包行李",
        "机器人不见了，请还回社团", "资料不给就打电话问", "手续不给就打回去重办",
        "体育课前扎自己的头发", "中药班学生攒药材做标本", "这样修改会更好", "没有他更好的人选",
        "笑我死了", "明天一早再醒来叫他", "网页窗口跳转太慢", "学会包扎自己的手指",
        "晚上烫自己的校服", "化学课求解脱水反应", "不给钱就打电话催一下",
        "电梯堵在一楼", "预约架子鼓课", "我到现在还没回家，晚点回您",
    ],
)  # fmt: skip
def test_what_a_school_hears_every_day_stays_quiet(text: str) -> None:
    assert signs.read(text) == signs.Signs()


@pytest.mark.parametrize(
    ("earlier", "text", "level"),
    [
        ("孩子昨晚一直说不想", "活了", "red"),
        ("", "说不想活了", "red"),
        ("说不想活了", "收到，谢谢老师", "none"),
        ("说不想活了", "又说不想活了", "red"),
        ("他说不想", "收到", "none"),
        ("明天不想", "动笔", "none"),
    ],
)
def test_a_later_answer_is_read_with_the_earlier_ones(earlier: str, text: str, level: str) -> None:
    assert signs.read_on(earlier, text).level == level
