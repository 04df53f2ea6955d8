"""Sayings that put down a child or a family: each stops a signature, its neighbours pass."""

from typing import Final

import pytest

from records.language import Effect, default
from records.language.matching import find
from records.language.normalise import normalise
from tests.records.language.reading import level, sign

SAYINGS: Final = {
    "有其父必有其子": "谈到学生打架，只能说有其父必有其子。",
    "上梁不正下梁歪": "上梁不正，下梁歪，家里也这样。",
    "什么样的家长教出什么样的孩子": "真是什么样的家长教出什么样的孩子！",
    "龙生龙凤生凤": "龙生龙，凤生凤，不能指望他。",
    "没爹没娘": "这孩子没爹没娘，没人管。",
    "拖油瓶": "他在那个家里是个拖油瓶。",
    "乡巴佬": "一看就是个乡巴佬，什么都不会。",
    "社会的渣滓": "将来也是社会的渣滓。",
    "社会的败类": "这种学生是社会的败类。",
    "败家子": "该生花钱无度，是个败家子。",
    "窝囊废": "被人欺负也不吭声，窝囊废一个。",
    "贱骨头": "贱骨头，不骂不动。",
    "讨债鬼": "家长说他是讨债鬼，我也这样看。",
    "酒囊饭袋": "实训课上就是酒囊饭袋。",
    "笨得像猪": "学车工笨得像猪。",
    "蠢得像猪": "这么简单都不会，蠢得像猪。",
    "缺心眼": "该生缺心眼，被人利用。",
    "懒得像猪": "在宿舍懒得像猪。",
    "懒得跟猪一样": "早上懒得跟猪一样，不起床。",
    "猪狗不如": "做出这种事猪狗不如。",
    "没皮没脸": "批评多次仍没皮没脸。",
    "丢人现眼": "在企业丢人现眼。",
    "死猪不怕开水烫": "死猪不怕开水烫，谈话没有用。",
    "扶不起的阿斗": "他就是扶不起的阿斗。",
    "天生坏种": "天生坏种，教不好。",
    "一无是处": "该生一无是处。",
    "不可救药": "这个学生不可救药。",
}
NEIGHBOURS: Final = (
    "上梁与下梁的焊缝已按图检查，第2处不合格，已返工。",
    "汽修实训：拖车钩、油瓶和千斤顶已归位。",
    "周末回家帮父母喂猪，周日18:30返校。",
    "读书笔记《社会的变化》9月20日已交，共2页。",
    "课本剧《阿斗》由4名同学排练，学生负责道具。",
    "父亲和儿子都在数控行业工作，约定周六一起看展。",
    "心眼手一致的站桩练习做了3组，每组2分钟。",
    "9月8日卫生检查：后院的破罐子已清走。",
)


@pytest.mark.parametrize(("phrase", "said"), SAYINGS.items(), ids=list(SAYINGS))
def test_a_saying_stops_a_signature_with_a_clean_suggestion(phrase: str, said: str) -> None:
    found = {one.phrase: one for one in sign(said).findings}

    assert level(said) == "block"
    assert found[phrase].effect == Effect.BLOCK
    assert find(normalise(found[phrase].suggestion), default().automaton) == []


def test_giving_up_is_asked_about_not_blocked() -> None:
    (found,) = sign("学生破罐子破摔，停交作业。").findings

    assert (found.phrase, found.effect) == ("破罐子破摔", Effect.CONFIRM)


@pytest.mark.parametrize("said", NEIGHBOURS)
def test_what_only_sounds_like_it_passes(said: str) -> None:
    assert sign(said).findings == ()
