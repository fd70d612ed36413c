"""Invented families: parents at home, away, apart, alone; grandparents who look after children."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from models.identity import Sex
from models.roster import PovertyKind, Relation
from samples import names
from samples.draw import Draw
from samples.places import COUNTY, OTHER_COUNTIES, TOWNSHIPS, VILLAGES
from samples.records import GuardianRow, HouseholdRow

IdNumberSource = Callable[[str, date, Sex], str]


class FamilyShape(Enum):
    TOGETHER = auto()
    LEFT_BEHIND = auto()
    SEPARATED = auto()
    ONE_AWAY = auto()
    FATHER_ALONE = auto()
    MOTHER_ALONE = auto()


SHAPES = (
    (FamilyShape.TOGETHER, 0.52),
    (FamilyShape.LEFT_BEHIND, 0.22),
    (FamilyShape.SEPARATED, 0.10),
    (FamilyShape.ONE_AWAY, 0.06),
    (FamilyShape.FATHER_ALONE, 0.05),
    (FamilyShape.MOTHER_ALONE, 0.05),
)
POVERTY = (
    (PovertyKind.NONE, 0.84),
    (PovertyKind.LIFTED, 0.12),
    (PovertyKind.UNSTABLE, 0.015),
    (PovertyKind.EDGE, 0.015),
    (PovertyKind.SUDDEN, 0.01),
)
WORKPLACES = ("省城建筑工地", "沿海电子厂", "外省制衣厂", "邻县砖厂", "省城餐馆", "外省物流园")


@dataclass(slots=True)
class Family:
    household: HouseholdRow
    surname: str
    township: str
    village: str
    door: int
    address: str
    household_county: str
    guardians: list[tuple[GuardianRow, Relation, bool]]
    grades: list[int] = field(default_factory=list)


def found_family(draw: Draw, township: str, id_number: IdNumberSource) -> Family:
    """Make a household with its guardians; children are added as schools fill."""
    family_name = names.family_name(draw)
    village = draw.pick(VILLAGES[township])
    door = draw.between(1, 260)
    township_name = next(place.name for place in TOWNSHIPS if place.code == township)
    address = f"{COUNTY.name}{township_name}{village}{door}号"
    county = COUNTY.code if draw.chance(0.93) else draw.pick(OTHER_COUNTIES).code
    founder = _Founder(draw, family_name, address, county, id_number)
    guardians = founder.guardians(draw.weighted(SHAPES))
    head = next(guardian for guardian, _, is_primary in guardians if is_primary)
    household = HouseholdRow(draw.ref(), head.name, draw.weighted(POVERTY))
    return Family(household, family_name, township, village, door, address, county, guardians)


class _Founder:
    def __init__(
        self, draw: Draw, family_name: str, address: str, county: str, id_number: IdNumberSource
    ) -> None:
        self._draw = draw
        self._family_name = family_name
        self._address = address
        self._county = county
        self._id_number = id_number

    def guardians(self, shape: FamilyShape) -> list[tuple[GuardianRow, Relation, bool]]:
        """Give each guardian with the relation to the child; exactly one is primary."""
        father, mother = Relation.FATHER, Relation.MOTHER
        match shape:
            case FamilyShape.TOGETHER:
                return [self._parent(father, is_primary=True), self._parent(mother)]
            case FamilyShape.LEFT_BEHIND:
                parents = [self._parent(father, is_away=True), self._parent(mother, is_away=True)]
                return [*parents, self._grandparent()]
            case FamilyShape.SEPARATED:
                elsewhere = f"{self._draw.pick(OTHER_COUNTIES).name}和平路"
                elsewhere += f"{self._draw.between(1, 99)}号"
                return [
                    self._parent(father, is_primary=True),
                    self._parent(mother, address=elsewhere),
                ]
            case FamilyShape.ONE_AWAY:
                return [self._parent(father, is_away=True), self._parent(mother, is_primary=True)]
            case FamilyShape.FATHER_ALONE:
                return [self._parent(father, is_primary=True)]
            case FamilyShape.MOTHER_ALONE:
                return [self._parent(mother, is_primary=True)]

    def _parent(
        self,
        relation: Relation,
        *,
        is_primary: bool = False,
        is_away: bool = False,
        address: str | None = None,
    ) -> tuple[GuardianRow, Relation, bool]:
        sex = Sex.MALE if relation is Relation.FATHER else Sex.FEMALE
        family = self._family_name if relation is Relation.FATHER else names.surname(self._draw)
        person = self._person(sex, family, 1972, 1992, address=address, is_away=is_away)
        return person, relation, is_primary

    def _grandparent(self) -> tuple[GuardianRow, Relation, bool]:
        relation, sex = self._draw.pick(
            (
                (Relation.GRANDMOTHER, Sex.FEMALE),
                (Relation.GRANDFATHER, Sex.MALE),
                (Relation.MATERNAL_GRANDMOTHER, Sex.FEMALE),
            )
        )
        own = relation is Relation.GRANDFATHER
        family = self._family_name if own else names.surname(self._draw)
        return self._person(sex, family, 1946, 1962), relation, True

    def _person(
        self,
        sex: Sex,
        family: str,
        born_from: int,
        born_to: int,
        *,
        address: str | None = None,
        is_away: bool = False,
    ) -> GuardianRow:
        draw = self._draw
        born = date(draw.between(born_from, born_to), draw.between(1, 12), draw.between(1, 28))
        # No mobile number in China begins with 100.
        return GuardianRow(
            ref=draw.ref(),
            name=names.full_name(draw, sex, family),
            sex=sex,
            id_no=self._id_number(self._county, born, sex),
            phone=f"100{draw.between(0, 99999999):08}",
            address=address or self._address,
            workplace=draw.pick(WORKPLACES) if is_away else "",
            is_away=is_away,
        )
