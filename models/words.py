"""The coded words of the field: stages, steps, roles, causes. Terms stand in docs/glossary.toml."""

from __future__ import annotations

from models.base import Coded


class Stage(Coded):
    """Where the main line of a case stands (the leaf states of the case chart)."""

    LEAD = "lead", "线索"
    SUSPECTED = "suspected", "疑似辍学待报告"
    REPORTING = "reporting", "三线报告中"
    VERIFYING = "verifying", "校长核证"
    ELSEWHERE_PENDING = "elsewhere_pending", "待学籍转接"
    SUBJECT_PENDING = "subject_pending", "待确认劝返主体"
    OUTBOUND_WAIT = "outbound_wait", "函告户籍地待回函"
    ASSIGNED = "assigned", "待乡镇签收指令"
    PERSUASION = "persuasion", "第一步 宣传教育"
    CORRECTION = "correction", "第二步 责令改正"
    PENALTY = "penalty", "第三步 行政处罚"
    COURT = "court", "第四步 申请强制执行或提起诉讼"
    ASSESSMENT = "assessment", "残疾或疾病评估中"
    DEFERRED = "deferred", "延缓入学/休学"
    PLACEMENT = "placement", "复学安置"
    MONITORING = "monitoring", "返校巩固监测"
    CLOSED_RETURNED = "closed_returned", "结案：返校销号"
    CLOSED_FALSE_ALARM = "closed_false_alarm", "结案：误报"
    CLOSED_ELSEWHERE = "closed_elsewhere", "结案：已在外就读"
    CLOSED_HANDED_OVER = "closed_handed_over", "结案：移交户籍地"
    CLOSED_DECEASED = "closed_deceased", "结案：死亡"
    CLOSED_ABROAD = "closed_abroad", "结案：出国（境）"
    CLOSED_COMPLETED = "closed_completed", "结案：已完成义务教育"
    CLOSED_DUPLICATE = "closed_duplicate", "结案：重复撤销"

    @property
    def is_closed(self) -> bool:
        return self.value.startswith("closed_")


class TrackStep(Coded):
    """Where the legal track against one guardian stands (leaf states of the track chart)."""

    PERSUADING = "persuading", "宣传教育中"
    PERSUASION_FAILED = "persuasion_failed", "宣传教育未果"
    ORDER_DRAFTED = "order_drafted", "责令改正待审签"
    ORDER_ISSUED = "order_issued", "责令改正待送达"
    ORDER_SERVED = "order_served", "责令改正期内"
    ORDER_DUE = "order_due", "改正期满待核查"
    ORDER_EXPIRED = "order_expired", "逾期未改正"
    PENALTY_FILED = "penalty_filed", "已立案"
    PENALTY_NOTIFIED = "penalty_notified", "已事先告知"
    HEARING_REQUESTED = "hearing_requested", "已申请听证"
    PENALTY_DEFENDED = "penalty_defended", "陈述申辩已了结"
    PENALTY_DECIDED = "penalty_decided", "已决定待送达"
    PENALTY_SERVED = "penalty_served", "处罚履行期内"
    PENALTY_UNPERFORMED = "penalty_unperformed", "处罚未履行"
    PENALTY_PERFORMED = "penalty_performed", "处罚已履行"
    DEMAND_SERVED = "demand_served", "已催告"
    ENFORCEMENT_APPLIED = "enforcement_applied", "已申请强制执行"
    ENFORCEMENT_RULED = "enforcement_ruled", "法院已裁定"
    SUIT_FILED = "suit_filed", "已提起诉讼"
    SUIT_REFUSED = "suit_refused", "法院未受理"
    SUIT_ACCEPTED = "suit_accepted", "法院已立案"
    SUIT_DECIDED = "suit_decided", "已判决或调解"
    ENDED = "ended", "步骤终止"


class Role(Coded):
    """Who acts (roles.md §2); the scope of each role is the office it belongs to."""

    SYSTEM = "system", "系统"
    CLASS_TEACHER = "class_teacher", "班主任"
    REGISTRAR = "registrar", "学籍管理员"
    PRINCIPAL = "principal", "校长"
    CENTER_SCHOOL = "center_school", "中心学校"
    TOWNSHIP_CASE = "township_case", "乡镇经办"
    TOWNSHIP_LAW = "township_law", "乡镇执法人员"
    TOWNSHIP_HEAD = "township_head", "乡镇负责人"
    VILLAGE = "village", "村（居）干部"
    EDU_CASE = "edu_case", "县教体局经办"
    EDU_LAW = "edu_law", "县教体局法规"
    EDU_HEAD = "edu_head", "县教体局负责人"
    SUPERVISOR = "supervisor", "督导"
    COUNTY_GROUP = "county_group", "县领导小组"
    COMMITTEE = "committee", "残疾人教育专家委员会"
    AUDITOR = "auditor", "审计"
    PLATFORM_ADMIN = "platform_admin", "系统管理员"

    @property
    def office_kind(self) -> OfficeKind:
        return _OFFICE_OF_ROLE[self]


class OfficeKind(Coded):
    SYSTEM = "system", "系统"
    SCHOOL = "school", "学校"
    TOWNSHIP = "township", "乡镇（街道）"
    COUNTY = "county", "县（市、区）"


_OFFICE_OF_ROLE = {
    Role.SYSTEM: OfficeKind.SYSTEM,
    Role.CLASS_TEACHER: OfficeKind.SCHOOL,
    Role.REGISTRAR: OfficeKind.SCHOOL,
    Role.PRINCIPAL: OfficeKind.SCHOOL,
    Role.CENTER_SCHOOL: OfficeKind.TOWNSHIP,
    Role.TOWNSHIP_CASE: OfficeKind.TOWNSHIP,
    Role.TOWNSHIP_LAW: OfficeKind.TOWNSHIP,
    Role.TOWNSHIP_HEAD: OfficeKind.TOWNSHIP,
    Role.VILLAGE: OfficeKind.TOWNSHIP,
    Role.EDU_CASE: OfficeKind.COUNTY,
    Role.EDU_LAW: OfficeKind.COUNTY,
    Role.EDU_HEAD: OfficeKind.COUNTY,
    Role.SUPERVISOR: OfficeKind.COUNTY,
    Role.COUNTY_GROUP: OfficeKind.COUNTY,
    Role.COMMITTEE: OfficeKind.COUNTY,
    Role.AUDITOR: OfficeKind.COUNTY,
    Role.PLATFORM_ADMIN: OfficeKind.COUNTY,
}


class LeadSource(Coded):
    ATTENDANCE = "attendance", "日常考勤"
    FIRST_WEEK = "first_week", "开学未注册"
    CENSUS = "census", "四查三比对"
    TRANSITION = "transition", "小升初未报到"
    TIP = "tip", "举报"
    DEPARTMENT = "department", "部门通报"
    OTHER_COUNTY = "other_county", "外地来函"
    MANUAL = "manual", "人工登记"

    @property
    def is_never_at_school(self) -> bool:
        """Found by a comparison, not by counting absent days: suspected at once."""
        return self in {LeadSource.FIRST_WEEK, LeadSource.CENSUS, LeadSource.TRANSITION}


class Cause(Coded):
    """Why the child stopped coming (lifecycle.md §1)."""

    WEARY = "weary", "厌学"
    WORK = "work", "务工"
    FARM = "farm", "务农"
    MARRIAGE = "marriage", "早婚早育"
    RELIGION = "religion", "入寺入教"
    HOME_SCHOOL = "home_school", "在家上学或私塾"
    ILLNESS = "illness", "因病"
    DISABILITY = "disability", "因残"
    POVERTY = "poverty", "因贫"
    DISTANCE = "distance", "路远或撤并"
    FAMILY = "family", "家庭变故或监护缺失"
    SCHOOL = "school", "学校原因"
    MIGRATION = "migration", "举家外出"
    UNREACHABLE = "unreachable", "失联"
    OTHER = "other", "其他"

    @property
    def is_confidential(self) -> bool:
        """Tell whether the cause itself is a C4 fact, shown outside the case only as 特殊原因."""
        return self in {
            Cause.MARRIAGE, Cause.RELIGION, Cause.ILLNESS, Cause.DISABILITY, Cause.WORK,
        }  # fmt: skip

    @property
    def public_label(self) -> str:
        return "特殊原因（密）" if self.is_confidential else self.label


class Whereabouts(Coded):
    AT_HOME = "at_home", "在家"
    IN_COUNTY = "in_county", "在学籍县内"
    IN_PROVINCE = "in_province", "在省内外县"
    OUT_OF_PROVINCE = "out_of_province", "在省外"
    STUDYING_ELSEWHERE = "studying_elsewhere", "在外就读"
    ABROAD = "abroad", "出国（境）"
    DECEASED = "deceased", "死亡"
    UNKNOWN = "unknown", "去向不明"


class Conclusion(Coded):
    """What the principal's verification (核证) found."""

    DROPOUT = "dropout", "确认辍学"
    FALSE_ALARM = "false_alarm", "误报"
    ELSEWHERE = "elsewhere", "已在外就读"
    DECEASED = "deceased", "死亡"
    ABROAD = "abroad", "出国（境）"


class ReportLine(Coded):
    """The lines of the three-line report (三线报告, DC-2.3.2)."""

    PLATFORM = "platform", "政府救助平台"
    TOWNSHIP = "township", "乡镇（街道）"
    COUNTY = "county", "县教体局"


class Party(Coded):
    OURS = "ours", "本县负责劝返"
    THEIRS = "theirs", "户籍地负责劝返"


class LetterRoute(Coded):
    """Through whom a hand-over letter goes; across provinces it is for the province (JJ5-2.2e)."""

    DIRECT = "direct", "直接函告"
    PREFECTURE = "prefecture", "经州（市）"
    PROVINCE = "province", "经省级"


class GuardianChange(Coded):
    ADDED = "added", "增加"
    REMOVED = "removed", "不再是监护人"


class SupportKind(Coded):
    """What was done for a child at risk or returned (帮扶); never a score, always a record."""

    PAIRING = "pairing", "结对帮扶"
    TUTORING = "tutoring", "学业辅导"
    COUNSELLING = "counselling", "心理辅导"
    AID = "aid", "资助救助核查"
    CARE_PLAN = "care_plan", "关爱方案"


class RollMark(Coded):
    """How the school roll (学籍系统) is marked (ZY-2.3b, JJ5-4.2b)."""

    DROPOUT = "dropout", "标注辍学"
    RETURNED = "returned", "标注复学"
    DEFERRED = "deferred", "标注延缓或休学"
    OTHER = "other", "其他离校"


class VisitResult(Coded):
    AGREED = "agreed", "同意返校"
    WAVERING = "wavering", "仍需做工作"
    REFUSED = "refused", "拒绝返校"
    NOT_MET = "not_met", "未见到人"


class Outcome(Coded):
    STILL_OUT = "still_out", "仍未到校"
    COMPLIED = "complied", "已到校"


class ServiceMethod(Coded):
    """How a paper reached its addressee (送达, 民事诉讼法 87–95)."""

    DIRECT = "direct", "直接送达"
    FAMILY = "family", "同住成年家属签收"
    LEFT = "left", "留置送达"
    POST = "post", "邮寄送达"
    ENTRUSTED = "entrusted", "委托送达"
    ELECTRONIC = "electronic", "电子送达"
    NOTICE = "notice", "公告送达"


class PenaltyKind(Coded):
    WARNING = "warning", "警告"
    FINE = "fine", "罚款"
    NONE = "none", "不予处罚"


class NoPenaltyGround(Coded):
    """Why a guardian is not punished (行政处罚法 31、33、36、57); a party under 14 (30) is no guardian."""

    MINOR_CORRECTED = "minor_corrected", "违法行为轻微并及时改正，没有造成危害后果"
    FIRST_OFFENCE = "first_offence", "初次违法且危害后果轻微并及时改正"
    NO_FAULT = "no_fault", "有证据足以证明没有主观过错"
    INCAPABLE = "incapable", "精神病人、智力残疾人在不能辨认或者不能控制自己行为时有违法行为"
    OUT_OF_TIME = "out_of_time", "违法行为在二年内未被发现"
    MINOR = "minor", "违法行为轻微，依法可以不予行政处罚"
    NOT_ESTABLISHED = "not_established", "违法事实不能成立"


class RemedyKind(Coded):
    """A remedy the guardian has taken (复议、诉讼); it runs beside the main line."""

    REVIEW = "review", "行政复议"
    SUIT = "suit", "行政诉讼"


class Contested(Coded):
    """What a remedy is taken against: each act that is served can be contested by itself."""

    ORDER = "order", "责令限期改正"
    DECISION = "decision", "行政处罚决定"


class RemedyOutcome(Coded):
    UPHELD = "upheld", "维持或驳回"
    REVOKED = "revoked", "撤销或确认违法"


class Department(Coded):
    """Departments a case is referred to (YN-5, JJ5-3); never a state of the main line."""

    POLICE = "police", "公安"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    LABOUR = "labour", "人力资源社会保障"
    RELIGIOUS_AFFAIRS = "religious_affairs", "统战（民族宗教）"
    HEALTH = "health", "卫生健康"
    DISABLED_FEDERATION = "disabled_federation", "残联"
    MARKET = "market", "市场监管"
    JUSTICE = "justice", "司法行政"
    RURAL_REVITALISATION = "rural_revitalisation", "乡村振兴"
    WOMEN_FEDERATION = "women_federation", "妇联"
    YOUTH_LEAGUE = "youth_league", "共青团"
    CULTURE = "culture", "文化和旅游"
    DISCIPLINE = "discipline", "纪检监察"
    INSPECTORATE = "inspectorate", "教育督导"


class PlacementWay(Coded):
    INCLUSIVE_CLASS = "inclusive_class", "随班就读"
    HOME_TEACHING = "home_teaching", "送教上门"
    VOCATIONAL_FUSION = "vocational_fusion", "普职融合"
    SPECIAL_SCHOOL = "special_school", "特殊教育学校"
    GROUPED_CLASS = "grouped_class", "集中教育"
    INDIVIDUAL_TUITION = "individual_tuition", "单独教学"
    WELFARE_CLASS = "welfare_class", "儿童福利机构特教班"


class FusionCondition(Coded):
    """What a vocational school must offer a returned pupil (YJ138-3c)."""

    BOARDING_CARE = "boarding_care", "集中管理"
    BOARD_AND_LODGING = "board_and_lodging", "提供食宿"
    FITTED_TEACHING = "fitted_teaching", "因材施教"


class DeferralKind(Coded):
    """The two kinds of deferral are never merged; by policy the child still counts as not back."""

    STATUTORY = "statutory", "因身体状况"
    POLICY = "policy", "劝返未果"


class Unit(Coded):
    SCHOOL_DAY = "school_day", "教学日"
    WORKING_DAY = "working_day", "工作日"
    CALENDAR_DAY = "calendar_day", "日"
    CALENDAR_MONTH = "calendar_month", "个月"
    COUNT = "count", "次"
    PERCENT = "percent", "%"
    YEAR = "year", "周岁"
    TEXT = "text", ""
    FLAG = "flag", ""


class Weight(Coded):
    LAW = "law", "法律"
    REGULATION = "regulation", "行政法规或规章"
    POLICY_DOCUMENT = "policy_document", "政策文件"
    LOCAL_RULE = "local_rule", "地方规定"
    HOUSE_DEFAULT = "house_default", "系统默认，非法定"


class DutyStatus(Coded):
    OPEN = "open", "进行中"
    MISSED = "missed", "已逾期"
    MET = "met", "已完成"
    PAUSED = "paused", "已中止计时"
    WITHDRAWN = "withdrawn", "已撤销"

    @property
    def is_live(self) -> bool:
        return self in {DutyStatus.OPEN, DutyStatus.MISSED}


class PaperStatus(Coded):
    DRAFTED = "drafted", "待审签"
    ISSUED = "issued", "已签发"
    SERVED = "served", "已送达"
    VOIDED = "voided", "已作废"
    CHECKED = "checked", "已审核待签发"
    REPLACED = "replaced", "已由新文书替换"


class ExcuseCode(Coded):
    """Why a missed deadline lay outside the office's hand (roles.md §6)."""

    SYSTEM_FAULT = "system_fault", "系统故障"
    HOLIDAY = "holiday", "节假日"
    NO_REPLY = "no_reply", "对方未回函"
    NOTICE_PERIOD = "notice_period", "公告期"
    COURT = "court", "法院阶段"
    CORRECTED = "corrected", "数据更正后未逾期"


class ClueStatus(Coded):
    """A clue is never a sanction: people look at it and decide."""

    OPEN = "open", "待核"
    EXCUSED = "excused", "已说明免责"
    CONFIRMED = "confirmed", "属实，转责任单位"
    DISMISSED = "dismissed", "不成立"


class PeriodicStatus(Coded):
    OPEN = "open", "进行中"
    MET = "met", "已完成"
    MISSED = "missed", "已逾期"
    MET_LATE = "met_late", "逾期完成"
