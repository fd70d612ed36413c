"""Complete data of both papers; the people and places do not exist."""

from __future__ import annotations

from datetime import date
from typing import Any

from papers.case_papers import Line, SponsorLine, Stretch, Visit
from papers.catalogue import paper_kind
from papers.data import CorrectionOrderData, Guardian, Officer, PaperData, ReturnOrderData
from papers.fields import FigureLine
from papers.office_papers import DossierEvent, DossierPaper, HandOverLine, RosterLine
from papers.registry import DATA_OF
from papers.step_papers import Attempt


def return_order() -> ReturnOrderData:
    return ReturnOrderData(
        series_word="示教劝",
        year=2026,
        serial=3,
        issuer="示例县教育体育局",
        addressee="示例县清水镇人民政府",
        case_no="示例2026-000017",
        issued_on=date(2026, 9, 14),
        contact_person="周敏",
        contact_phone="0990-5550101",
        local_bases=("《示例省义务教育条例》第二十条",),
        child_name="张小禾",
        child_sex="女",
        child_birth_on=date(2013, 5, 2),
        roll_no_masked="G990101********0024",
        school="示例县清水中学",
        grade_class="七年级（3）班",
        guardians=(
            Guardian(name="张立山", relation="父亲", phone="19900000001"),
            Guardian(name="李秀云", relation="母亲", phone="19900000002"),
        ),
        home_address="示例县清水镇上坪村6组18号",
        absent_since=date(2026, 9, 1),
        absent_school_days=9,
        cause="家庭农忙缺少劳动力，学生学习跟不上、产生厌学情绪",
        whereabouts="在家帮助照看弟弟，未外出",
        work_done=(
            "9月3日，班主任电话联系监护人，监护人表示农忙后再送学生返校",
            "9月7日，班主任和驻村干部入户家访，听取了学生本人意见，学生愿意返校但担心跟不上课程",
            "9月10日，校长核证，确认为疑似辍学，并书面报告",
        ),
        requirements=(
            "收到本指令之日起3个工作日内组织镇、村干部和学校教师入户劝返，每次不少于两人，并填写劝返记录",
            "会同学校制定一人一方案，安排学科辅导和心理疏导，不得安排学生单独编班",
            "核实家庭困难情况，符合救助条件的，及时转介民政部门",
        ),
        sponsors_requirement="由镇领导班子成员、驻村干部和学校责任人共同包保，名单在接到本指令后2个工作日内报送",
        feedback_due_on=date(2026, 9, 30),
        signed_by="陈建国",
        copy_to=("示例县人民政府办公室", "示例县民政局", "示例县清水中学"),
        printed_by="示例县教育体育局办公室",
        printed_on=date(2026, 9, 15),
    )


def correction_order() -> CorrectionOrderData:
    return CorrectionOrderData(
        series_word="示教责改",
        year=2026,
        serial=5,
        issuer="示例县教育体育局",
        case_no="示例2026-000017",
        issued_on=date(2026, 10, 12),
        contact_person="周敏",
        contact_phone="0990-5550101",
        guardian_name="张立山",
        guardian_sex="男",
        guardian_id_no="990101198502030017",
        guardian_address="示例县清水镇上坪村6组18号",
        guardian_phone="19900000001",
        relation="父亲",
        child_name="张小禾",
        child_birth_on=date(2013, 5, 2),
        school="示例县清水中学",
        grade_class="七年级（3）班",
        facts="学生张小禾自2026年9月1日起未到校接受义务教育。学校和清水镇人民政府先后于9月7日、9月18日、9月25日入户开展宣传教育，"
        "你以家中农忙为由，至今未送张小禾返校，也未提出身体状况等正当理由",
        evidence=(
            "示例县清水中学考勤记录（2026年9月1日至10月9日）",
            "家访和宣传教育记录3份，有你本人签名",
            "学生本人意见记录1份",
        ),
        legal_bases=(
            "《中华人民共和国义务教育法》第五条、第十一条、第五十八条",
            "《中华人民共和国未成年人保护法》第十六条、第十七条、第八十三条",
        ),
        correction_days=10,
        correction_due_rule="期限自本通知书送达之次日起计算，期限届满之日为法定节假日的，顺延至节假日后的第一个工作日",
        required_act="送张小禾到示例县清水中学七年级（3）班就读，并保证其完成义务教育",
        school_address="示例县清水镇中心街1号，示例县清水中学教务处",
        consequence="逾期不改正的，本机关将依法移送有关机关处理，或者依法支持有关主体向人民法院提起诉讼",
        review_body="示例县人民政府",
        review_days=60,
        court="示例县人民法院",
        suit_months=6,
        officers=(
            Officer(name="周敏", licence_no="99010120001"),
            Officer(name="王磊", licence_no="99010120002"),
        ),
    )


POOL: dict[str, Any] = {
    "year": 2026, "serial": 7, "issuer": "示例县教育体育局", "case_no": "示例2026-000017",
    "issued_on": date(2026, 10, 12), "contact_person": "周敏", "contact_phone": "0990-5550101",
    "verify_code": "7K3MP9QW2XTR8HAC", "verify_url": "https://example.org/v/7K3MP9QW2XTR8HAC",
    "child_name": "张小禾", "child_sex": "女", "child_birth_on": date(2013, 5, 2),
    "roll_no_masked": "G990101********0024", "school": "示例县清水中学",
    "school_address": "示例县清水镇中心街1号", "grade_class": "七年级（3）班",
    "home_address": "示例县清水镇上坪村6组18号", "household_address": "示例县清水镇上坪村6组",
    "guardians": (
        Guardian(name="张立山", relation="父亲", phone="19900000001"),
        Guardian(name="李秀云", relation="母亲", phone="19900000002"),
    ),
    "guardian_name": "张立山", "guardian_sex": "男", "guardian_id_no": "990101198502030017",
    "guardian_address": "示例县清水镇上坪村6组18号", "guardian_phone": "19900000001",
    "relation": "父亲", "absent_since": date(2026, 9, 1), "absent_school_days": 19,
    "cause": "厌学", "whereabouts": "在家帮助照看弟弟",
    "work_done": (
        "9月3日，班主任电话联系监护人，监护人表示农忙后再送学生返校",
        "9月7日，班主任和驻村干部入户家访，听取了学生本人意见",
    ),
    "review_body": "示例县人民政府", "review_days": 60, "court": "示例县人民法院", "suit_months": 6,
    "officers": (
        Officer(name="周敏", licence_no="99010120001"), Officer(name="王磊", licence_no="99010120002"),
    ),
    "addressee": "示例县清水镇人民政府", "copy_to": ("示例县民政局",), "printed_by": "示例县教育体育局办公室",
    "printed_on": date(2026, 10, 12), "feedback_due_on": date(2026, 10, 30), "order_doc_no": "责改〔2026〕5号",
    "notice_doc_no": "罚告〔2026〕4号", "notice_served_on": date(2026, 10, 5), "hired_by": "邻县东风路某餐馆",
    "order_issued_on": date(2026, 9, 20), "order_served_on": date(2026, 9, 22),
    "decision_doc_no": "罚决〔2026〕2号", "decision_on": date(2026, 3, 2),
    "decision_served_on": date(2026, 3, 5), "amount_yuan": 500, "signer": "陈建国",
    "platform_receipt_no": "平台-20260914-03", "request": "建议镇人民政府组织力量入户劝返，并将情况告知我校",
    "contacted_at": "2026年9月7日 19时", "place": "上坪村6组张立山家", "method": "入户家访",
    "participants": "班主任王芳、驻村干部刘强", "met": "父亲张立山、学生本人",
    "child_words": "我想回去读书，但是数学跟不上，怕同学笑话。", "situation": "家中有一弟两岁，父母均在家务农，家庭经济一般。",
    "result": "学生愿意返校，约定9月14日到校，由数学教师课后辅导。", "conclusion": "确认辍学",
    "verification": "校长、班主任两次入户，见到学生本人和父亲，并向邻居和村委会核实，学生自9月1日起在家未到校。",
    "evidence": ("考勤记录（2026年9月1日至10月9日）", "家访记录2份，有监护人签名", "学生本人意见记录1份"),
    "economy": "一般农户，年收入约三万元", "family": (Line(name="父亲", text="张立山，41岁，务农"),
    Line(name="母亲", text="李秀云，39岁，务农"), Line(name="弟弟", text="2岁")),
    "study": "语文中等，数学较差，小学阶段无留级", "investigator": "王芳",
    "return_by": date(2026, 10, 19), "materials": "户口簿和学生证", "joint_issuer": "示例县清水镇人民政府",
    "spoken_at": "2026年9月7日 19时", "present": "班主任王芳、驻村干部刘强，父亲回避",
    "statement": "我不是不想读书。家里要带弟弟，作业做不完，老师在课堂上说我，我就不想去了。要是有人教我数学，我愿意回去。",
    "placement_way": "随班就读", "placement_reason": "学生身心状况正常，愿意回原班就读。",
    "grade_basis": "学识水平评估达到七年级上学期水平，编入原年级原班。",
    "teaching_plan": "每周一、三、五课后由数学教师辅导一课时，共十二周；语文、英语随班学习，期中后评估调整。",
    "counselling": "由学校心理教师每两周谈话一次。", "aid": "落实寄宿生生活补助；村委会协助安排弟弟入托。",
    "responsible": (Line(name="班主任", text="王芳"), Line(name="数学教师", text="何勇")),
    "returned_on": date(2026, 9, 14), "attending_since": date(2026, 9, 14),
    "monitored_until": date(2026, 12, 14), "risk": "数学基础仍弱，须继续辅导。",
    "stretches": (
        Stretch(from_on="2026-09-14", to_on="2026-10-09", attendance="97%", child_words="跟得上了", note="情绪稳定"),
        Stretch(from_on="2026-10-10", to_on="2026-11-06", attendance="100%", child_words="喜欢上体育课", note="无缺勤"),
    ),
    "sponsors": (
        SponsorLine(name="刘强", post="清水镇副镇长", side="乡镇"),
        SponsorLine(name="马明", post="上坪村驻村工作队队员", side="驻村"),
    ),
    "school_sponsor": "清水中学副校长何静", "leader": "示例县民政局副局长孙伟",
    "duties": "包宣传、包劝返、包帮扶、包巩固，每月入户不少于一次，直至学生返校并巩固满三个月。",
    "visits": (
        Visit(on="2026-09-18", visitors="刘强、王芳", organs="清水镇人民政府、清水中学", met="父亲、学生",
              child_words="想回去，但要带弟弟", result="仍需做工作", note="约定再次入户"),
        Visit(on="2026-09-25", visitors="刘强、马明、王芳", organs="清水镇人民政府、清水中学、上坪村委会", met="父亲、母亲、学生",
              child_words="愿意回去", result="拒绝返校", note="父亲不同意"),
    ),
    "facts": "学生张小禾自2026年9月1日起未到校接受义务教育，经两次联合劝返，监护人以家中农忙为由拒不送其返校。",
    "teaching": "向监护人讲明父母应当保证子女接受并完成义务教育，说明辍学的后果和学校、乡镇可以提供的帮助。",
    "attitude": "监护人表示知道了，但要等农忙结束。", "help": "学校安排课后辅导，村委会协助安排弟弟入托。",
    "visit_count": 2, "reasons": "两次联合劝返无效，监护人没有正当理由。", "measure": "责令限期改正",
    "checked_on": date(2026, 10, 10), "outcome": "仍未到校", "findings": "期满次日两名承办人员到校并入户核查，学生仍在家未到校，监护人没有说明正当理由。",
    "items": ("学生劝返工作及后续法律措施", "学生基本信息和劝返记录"), "enclosures": ("学籍证明", "劝返情况记录表"),
    "application": "监护人申请评估，希望孩子能到附近学校就读。", "condition": "肢体活动不便，行走需要辅助。",
    "deferral_kind": "因身体状况", "deferral_reason": "医院证明需治疗休养一学期。",
    "proofs": ("县人民医院诊断证明",), "deferred_until": date(2027, 2, 28),
    "persuasion_plan": "学校每月送教两次，乡镇每月联系一次，期满前复查。",
    "matter": "学生父母长期外出，祖母年老无力照管，生活困难。", "own_basis": "《社会救助暂行办法》第三十三条",
    "requests": ("依职责核查并给予救助", "将办理结果函复我局"), "workplace": "邻县东风路某餐馆。",
    "lead_source": "学生同村亲属反映", "institution": "某读经班，示例县城关镇南街9号", "responsible_body": "示例县某中心学校",
    "penalty_basis": "《示例省义务教育条例》第五十条（虚构）", "penalty_text": "罚款", "defence_days": 5,
    "defence_review": "你在规定期限内没有提出陈述申辩，也没有要求听证。", "correction": "自收到本决定书之日起三日内送张小禾返校就读",
    "payee": "示例县农村信用合作联社清水分社", "payee_address": "清水镇中心街3号，账号9901000000001", "payment_days": 15,
    "surcharge_percent": 3, "surcharge_yuan": 500, "demand_days": 10, "performance": "到示例县农村信用合作联社清水分社缴纳",
    "issuer_address": "示例县城关镇文化路6号", "head": "陈建国", "demand_served_on": date(2026, 9, 10),
    "served_title": "责令限期改正通知书", "served_doc_no": "责改〔2026〕5号", "gist": "责令你自收到通知书之日起十日内送被监护人返校就读",
    "notice_days": 30, "claim_place": "示例县教育体育局一楼办事大厅", "recipient": "张立山", "served_on": date(2026, 9, 22),
    "servers": ("周敏", "王磊"), "receipt_ref": "影像-20260922-01",
    "attempts": (Attempt(on="2026-09-21", method="直接送达", reason="本人不在家"),),
    "school_year": 2026, "report_on": date(2026, 10, 30), "term": "2026年秋季学期", "filled_by": "周敏",
    "from_school": "示例县清水小学", "to_school": "示例县清水中学",
    "demands": ("一周内补登未返校学生", "校长每日签收考勤"), "improve_by": date(2026, 10, 31), "recheck": "我局将于期满后一周内复查。",
    "period": "2026年9月", "overview": "全县义务教育阶段学生平稳到校，疑似辍学学生已全部核实。",
    "figures": (Line(name="义务教育巩固率", text="99.2%"), Line(name="劝返率", text="95.0%")),
    "report_year": 2026, "counted_over": "2026年（截至10月12日）",
    "indicators": (
        FigureLine(name="劝返率", text="94.74%（18/19）", source="期内确认辍学且期内返校数 ÷ 期内确认辍学数"),
        FigureLine(name="动态清零（未返校人数）", text="1人", source="期末确认辍学未返校数；因身体状况依法延缓的不计"),
        FigureLine(name="文书送达率", text="100.00%（6/6）", source="已送达的执法文书 ÷ 期内签发须送达的执法文书"),
    ),
    "counts": (
        FigureLine(name="新立案", text="23件", source="期内立案的个案，含后来查明为误报的"),
        FigureLine(name="第二步：责令限期改正", text="送达4份，涉及3人", source="期内送达监护人的责令改正通知书"),
        FigureLine(name="复学安置", text="随班就读14人、普职融合3人、送教上门1人", source="期内作出的安置，一人多次安置的计最后一次"),
    ),
    "main_work": ("春秋两季开学前后逐户核对户籍和学籍，做到人籍一致", "落实乡镇、学校双线责任，逐案包保到人"),
    "next_steps": ("继续把厌学学生的学业辅导和心理辅导做实", "会同人力资源社会保障部门开展用工检查"),
    "unit": "示例县清水中学",
    "results": (
        FigureLine(name="在籍人数", text="1240人", source="学生名册：2026学年初"),
        FigureLine(name="按时报告率", text="100.00%（7/7）", source="指标表：按期报告数 ÷ 到期报告数"),
        FigureLine(name="考勤未按时上报", text="3次（应报180次，已补报2次）", source="定期任务台账：当日考勤填报"),
        FigureLine(name="限期任务", text="按时41项，逾期2项（已补办2项）", source="任务台账：本单位承办、期内到期"),
        FigureLine(name="问责线索（校长，YN-14.4）", text="2条，其中免责1条、不成立0条", source="问责线索台账：由督导核定"),
    ),
    "self_review": "本年度按时报告和劝返，考勤漏报已整改；对厌学学生的辅导仍需加强。",
    "school_term": 1,
    "goals": ("义务教育阶段辍学学生动态清零", "返校学生留得住、学得好，巩固期内不再辍学"),
    "basics": (
        FigureLine(name="适龄儿童少年", text="2383人", source="适龄儿童台账：名册在册的儿童少年"),
        FigureLine(name="在籍学生", text="2367人", source="学生名册：有学籍号和就读学校的"),
        FigureLine(name="在办个案", text="9件，其中已返校待销号3件", source="个案台账：尚未结案的个案"),
        FigureLine(name="已复学学生的安置方式", text="随班就读5人、送教上门1人", source="个案台账：在监测期内和已销号的"),
    ),
    "duty_lines": (Line(name="政府线县领导", text="孙伟"), Line(name="教育线局领导", text="周敏")),
    "measures": ("每学期开学一周内完成注册核对，未到校的逐人查明去向", "疑似辍学三日内报告，乡镇和学校联合入户劝返"),
    "schedule": (Line(name="8月至9月", text="开学注册核查，发放入学通知书"), Line(name="每月20日前", text="汇总进展，会商疑难个案")),
    "safeguards": ("县财政安排专项工作经费", "每学期开展一次专项督导，结果予以通报"),
    "contact_plan": "班主任每周电话联系一次；返校前由数学、语文教师每周送教两次，每次两课时。",
    "milestones": (Line(name="2026年10月底前", text="返校随班就读"), Line(name="2026年12月底前", text="完成补课，期末评估学识水平")),
    "stage": "第二步 责令改正", "opened_on": date(2026, 9, 3), "closed_on": date(2026, 12, 31),
    "papers": (DossierPaper(title="劝返指令", doc_no="教劝〔2026〕3号", on="2026-09-14", status="已送达", sha256="0123456789abcdef"),),
    "events": (
        DossierEvent(seq="1", on="2026-09-03", label="线索登记", who="system", role="系统", stage="线索", in_time="是", hash="0123456789abcdef"),
        DossierEvent(seq="2", on="2026-09-04", label="联系监护人", who="class_teacher-1", role="班主任", stage="疑似辍学待报告", in_time="否", hash="fedcba9876543210"),
    ),
}  # fmt: skip
"""A value for every field of every paper; people and places do not exist."""
LISTS = {
    "materials": ("诊断证明",), "findings": ("九月考勤漏报三日", "疑似辍学学生未按时报告"),
    "unregistered_list": (RosterLine(
        name="张小禾", sex="女", grade_class="七年级（3）班", guardian="张立山", phone="19900000001",
        reason="厌学", whereabouts="在家", record="9月3日电话联系", teacher="王芳",
    ),),
    "class_hand_over": (HandOverLine(
        name="张小禾", sex="女", from_school="示例县清水小学", to_school="示例县清水中学", has_reported="否",
        reason="外出务工家庭随迁", follow_up="9月5日已联系，学籍转接中",
    ),),
}  # fmt: skip
"""Values of fields that are a list in one kind of paper and a text in another."""


SUITED = {
    "no_penalty_decision": {
        "ground": "minor_corrected", "legal_bases": ("《中华人民共和国行政处罚法》第三十三条第一款",),
        "reasons": "期满后三日你已主动送子女返校，此后没有再缺课",
    },
    "service_notice": {"reasons": "你下落不明，经直接送达、邮寄送达均未能送达"},
    "service_record": {"method": "直接送达"},
    "penalty_filing": {"matter": "涉嫌无正当理由未送适龄子女入学接受义务教育", "lead_source": "责令改正期满核查"},
    "enforcement_application": {
        "requests": ("强制执行罚款人民币500元", "强制执行加处罚款人民币500元"),
        "enclosures": ("责令限期改正通知书及送达回证", "送达回证"),
    },
    "suit_complaint": {
        "requests": ("判令被告送张小禾返校接受并完成义务教育", "本案诉讼费用由被告承担"),
        "head": "陈建国，局长",
    },
    "labour_letter": {"requests": ("依法查处用工单位", "将学生送返其父母")},
    "relief_hand_over": {"requests": ("核查家庭困难情况，依规定给予救助",)},
    "sign_off_form": {"conclusion": "学生已返校就读，监测期满，出勤正常。"},
}  # fmt: skip
"""Values of a field that mean something else in this kind of paper."""


def whole(key: str) -> PaperData:
    """Give data of a kind of paper with every field filled."""
    data, kind = DATA_OF[key], paper_kind(key)
    values: dict[str, Any] = {"series_word": kind.series_word}
    for name, field in data.model_fields.items():
        if name in {"series_word", "form_pack"}:
            continue
        if name == "legal_bases":
            values[name] = kind.legal_bases
        elif name == "lines":
            values[name] = LISTS[key]
        elif name in LISTS and field.default == ():
            values[name] = LISTS[name]
        elif name == "serial" and not kind.series_word:
            continue
        elif name in POOL:
            values[name] = POOL[name]
    return data.model_validate(values | SUITED.get(key, {}))


def least(key: str) -> PaperData:
    """Give data of a kind of paper with nothing but what it may not be without."""
    made, kind = whole(key), paper_kind(key)
    kept = {each.field for each in kind.all_required} | {
        "series_word",
        "year",
        "serial",
        "issued_on",
        "amount_yuan",
    }
    return type(made)(
        **{name: getattr(made, name) for name in kept if name in type(made).model_fields}
    )
