"""Complete data of both papers; the people and places do not exist."""

from __future__ import annotations

from datetime import date

from papers.data import CorrectionOrderData, Guardian, Officer, ReturnOrderData


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
