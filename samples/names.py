"""Invented names, put together from lists of surnames and given-name characters."""

from __future__ import annotations

from models.identity import Sex
from samples.draw import Draw

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋"
    "蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万"
)
RARE_SURNAMES = ("欧阳", "上官", "司徒", "尉迟", "仉", "佴", "爨", "晏", "暴", "覃")
BOYS = "晨浩宇轩俊博睿辰航铭皓霖禹翰骁朗峻昊奕泓煜槐柏桐松岩川石牧野满仓丰收庆"
GIRLS = "雨欣怡涵梓萱诗琪语桐婉清芷若兰蕙荷菱彤霞露莹珊瑶茜蓉苗穗禾月星春秋晓云"
EITHER = "文书言知行安然远思成念立山田青南北乐悦宁和平顺"
RARE = ("䶮", "堃", "喆", "祎", "垚", "犇", "翀", "翙", "玥", "𬱖", "𫘜", "𬭎", "㛃", "昇")
DOTTED_FIRST = ("沙玛", "吉木", "阿苦", "曲比", "洛桑", "阿勒", "尼苏")
DOTTED_LAST = ("木果", "阿依", "拉则", "尔布", "央措", "古丽", "伍牛", "依扎")


def surname(draw: Draw) -> str:
    return draw.pick(RARE_SURNAMES) if draw.chance(0.03) else draw.pick(SURNAMES)


def given_name(draw: Draw, sex: Sex) -> str:
    """Draw one or two characters, now and then a rare one."""
    own = BOYS if sex is Sex.MALE else GIRLS
    last = draw.pick(RARE) if draw.chance(0.012) else draw.pick(own)
    if draw.chance(0.14):
        return last
    return draw.pick(EITHER + own) + last


def full_name(draw: Draw, sex: Sex, family: str) -> str:
    """Give a name in the family; a family with a dotted name passes on its first part."""
    if "·" in family:
        return family + draw.pick(DOTTED_LAST)
    return family + given_name(draw, sex)


def family_name(draw: Draw) -> str:
    """Draw what the children of one family share: a surname, or the first part of a dotted name."""
    return f"{draw.pick(DOTTED_FIRST)}·" if draw.chance(0.015) else surname(draw)
