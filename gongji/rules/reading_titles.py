"""What rules are called in Chinese and English, under which theme they stand, and the words of their values."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from gongji.domain.texts import Language


class Said(Struct, frozen=True):
    """One thing in both languages."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """Return it in that language."""
        return self.zh if language == "zh" else self.en


class Theme(Struct, frozen=True):
    """A chapter of the printed form: its heading and its rules, each with its title."""

    title: Said
    rules: Mapping[str, Said]


THEMES: Final = (
    Theme(
        Said("开通", "What is open"),
        {
            "sharing": Said("开通家庭共济", "Family sharing is open"),
            "pay_mode": Said("开通共济支付", "Paying bills with shared money"),
            "premium_mode": Said("开通共济缴费", "Paying premiums with shared money"),
            "own_credential": Said("凭本人凭证就医购药", "Own credential only"),
        },
    ),
    Theme(
        Said("谁可以共济", "Who may share with whom"),
        {
            "relatives": Said("可共济的亲属", "Who may be a member"),
            "premium_relatives": Said("共济缴费的亲属范围", "Relatives for premiums"),
            "reach": Said("共济范围", "How far apart the two insured places may be"),
            "pool": Said("统筹层次", "Size of a pool"),
            "sharer_tier": Said("限定档次", "Only these tiers share"),
            "members_max": Said("可添加人数", "Members at once"),
            "members_lifetime": Said("终身可添加人数", "Members for life"),
            "sharers_per_member": Said("可有几位共济人", "Sharers per member"),
            "one_role": Said("不得互为共济", "No double roles"),
            "relation_limits": Said("各关系人数", "How many of each relation"),
        },
    ),
    Theme(
        Said("怎样绑定、怎样解除", "Forming and ending a bond"),
        {
            "confirmation": Said("成员确认", "Whose confirmation is asked"),
            "face_check": Said("人脸核验", "Face check"),
            "proofs": Said("证明材料", "Proofs and pledges"),
            "review": Said("审核", "The clerk's review"),
            "invite_days": Said("邀请有效期", "How long an invitation stands"),
            "unbind_after_days": Said("满多少天可解除", "Days before a bond may end"),
            "pause": Said("暂停共济", "Pausing a bond"),
            "unbind_on_divorce": Said("离婚须解除", "Ending the bond on divorce"),
            "inheritance": Said("余额继承", "Heirs get what is left"),
            "ends_with_insurance": Said("随参保终止", "Bonds end with the insurance"),
        },
    ),
    Theme(
        Said("用谁的钱、先后和限额", "Whose money, in what order, up to what limit"),
        {
            "own_first": Said("先用本人账户", "Own account first"),
            "own_must_be_empty": Said("本人账户须用完", "Own account must be empty"),
            "order": Said("扣款次序", "Which sharer first"),
            "one_sharer_per_settlement": Said("一单一人", "One sharer per bill"),
            "second_swipe": Said("二次刷卡", "Second swipe"),
            "carry_over_only": Said("仅限历年结余", "Only carry-over is shared"),
            "retained_minimum": Said("留存额", "Retained minimum"),
            "commercial_retained": Said("购买商业健康保险的留存额", "Retained minimum for commercial insurance"),
            "average_wage": Said("上年度平均工资", "The wage figure that others refer to"),
            "cap": Said("共济上限", "What the sharer's own limit applies to"),
            "pot": Said("共济金划拨", "Earmarked pot and its allocations"),
        },
    ),
    Theme(
        Said("可以付什么", "What may be paid"),
        {
            "pays": Said("各账户可支付的部分", "Which components each pocket pays"),
            "uses": Said("用途", "What shared money may buy, by place"),
            "use_cap": Said("按品种的月限额", "Monthly limit on kinds of goods"),
            "shared_accumulates": Said("共济支付是否计入累计", "Shared money counts toward accumulators"),
            "premiums": Said("可缴的保费", "Which premiums the account pays"),
            "premium_window": Said("集中缴费期", "Collection period"),
            "premium_reimbursed": Said("先缴后返", "Premiums paid first, then given back"),
        },
    ),
    Theme(
        Said("医保钱包与共济额度", "Wallet and quotas"),
        {
            "wallet": Said("开通医保钱包", "The wallet is open"),
            "wallet_relatives": Said("钱包可转账的亲属", "To whom a wallet may send"),
            "wallet_transfer": Said("钱包转账限额", "Number, ceiling and hours of transfers"),
            "transfer_recall": Said("转账撤回", "Recalling a transfer"),
            "wallet_reach": Said("钱包转账范围", "How far a wallet may send"),
            "wallet_region_change": Said("钱包使用地变更", "Changing where a wallet is used"),
            "quota": Said("共济额度", "Quotas"),
            "quota_confirmation": Said("额度须双方确认", "Both sides confirm a quota"),
        },
    ),
    Theme(
        Said("账户与待遇", "Account and benefits"),
        {
            "medical_year": Said("医疗年度", "When the account year begins"),
            "stay_year": Said("跨年度住院归属的年度", "Which medical year a stay over its end falls in"),
            "crediting": Said("个人账户划入", "What is credited each month"),
            "interest": Said("个人账户计息", "Interest on the account"),
            "outpatient_benefits": Said("门诊待遇", "Outpatient benefits"),
            "inpatient_benefits": Said("住院待遇", "Inpatient benefits"),
            "benefits_away": Said("异地未备案待遇", "Lower ratio without filing"),
        },
    ),
)
"""All rules of the register, by theme, in the order in which a reader asks."""

TITLES: Final[Mapping[str, Said]] = {rule: title for theme in THEMES for rule, title in theme.rules.items()}

STATES: Final[Mapping[str, Said]] = {
    "value": Said("有此规定", "in force"),
    "not_in_force": Said("无此规定", "not in force"),
    "unknown": Said("未查明", "unknown"),
    "no_limit": Said("不设限", "no limit"),
}

GRADES: Final[Mapping[str, Said]] = {
    "official": Said("官方", "official"),
    "portal": Said("门户", "portal"),
    "assumed": Said("推定", "assumed"),
}

LOST_TO: Final[Mapping[str, Said]] = {
    "later": Said("以后出的为准", "the later word won"),
    "stronger": Said("以更权威的为准", "the stronger word won"),
    "local": Said("以当地的为准", "the local word won"),
    "choice": Said("二者取一，由我们选定", "a choice of ours"),
}

WORDS: Final[Mapping[str, Said]] = {
    "spouse": Said("配偶", "spouse"),
    "parent": Said("父母", "parents"),
    "child": Said("子女", "children"),
    "sibling": Said("兄弟姐妹", "siblings"),
    "grandparent": Said("祖父母、外祖父母", "grandparents"),
    "grandchild": Said("孙子女、外孙子女", "grandchildren"),
    "spouse_parent": Said("公婆、岳父母", "spouse's parents"),
    "child_spouse": Said("儿媳、女婿", "children's spouses"),
    "uncle_aunt": Said("伯叔姑舅姨", "uncles and aunts"),
    "cousin": Said("堂、表兄弟姐妹", "cousins"),
    "father": Said("父亲", "father"),
    "mother": Said("母亲", "mother"),
    "deductible": Said("起付线以下", "deductible"),
    "copay": Said("按比例自付", "co-pay"),
    "first_self_pay": Said("先行自付", "first self-pay"),
    "over_limit": Said("超限价", "above the price ceiling"),
    "off_catalogue": Said("目录外", "off the catalogue"),
    "drug": Said("药品", "drugs"),
    "device": Said("医疗器械", "devices"),
    "consumable": Said("医用耗材", "consumables"),
    "disinfectant": Said("消毒用品", "disinfectants"),
    "treatment": Said("诊疗项目", "treatments"),
    "exam": Said("检查检验", "examinations"),
    "checkup": Said("体检", "check-ups"),
    "vaccine": Said("疫苗接种", "vaccines"),
    "registration": Said("挂号诊察", "registration"),
    "tonic": Said("滋补保健品", "tonics"),
    "cosmetic": Said("整形美容", "cosmetic care"),
    "fitness": Said("健身", "fitness"),
    "other": Said("其他", "other"),
    "pool": Said("同一统筹区内", "within one pool"),
    "province": Said("全省(区、市)", "the whole province"),
    "country": Said("全国", "the whole country"),
    "city": Said("一市", "one city"),
    "one_payment": Said("对一名成员的单次支付", "a single payment to a member"),
    "one_member": Said("对一名成员的全部支付", "all payments to a member"),
    "all_members": Said("对全部成员的支付合计", "payments to all members together"),
    "binding_first": Said("先绑定的先扣", "the first bound pays first"),
    "binding_last": Said("后绑定的先扣", "the last bound pays first"),
    "balance": Said("余额多的先扣", "the fullest account pays first"),
    "picked": Said("结算时选定谁就扣谁", "whoever is picked at the counter pays"),
    "hukou": Said("户口簿", "household register"),
    "birth_certificate": Said("出生医学证明", "birth certificate"),
    "marriage_certificate": Said("结婚证", "marriage certificate"),
    "pledge": Said("承诺书", "pledge"),
    "resident": Said("城乡居民", "residents"),
    "employee": Said("职工", "employees"),
    "none": Said("未参保", "not insured"),
    "in_service": Said("在职", "in service"),
    "retired": Said("退休", "retired"),
    "flexible": Said("灵活就业", "flexible workers"),
    "outpatient": Said("普通门诊", "outpatient"),
    "inpatient": Said("住院", "inpatient"),
    "chronic": Said("门诊慢特病", "chronic diseases"),
    "drugstore": Said("药店购药", "pharmacy purchases"),
    "large_amount": Said("大额医疗费用补助", "large-amount fund"),
    "catastrophic": Said("大病保险", "catastrophic insurance"),
    "aid": Said("医疗救助", "medical aid"),
}
"""What a word of a value means; the same words stand in the glossary."""

PREMIUMS: Final[Mapping[str, Said]] = {
    "resident": Said("城乡居民基本医保费", "resident insurance"),
    "large_amount": Said("大额医疗补助费", "large-amount fund"),
    "long_term_care": Said("长期护理保险费", "long-term care insurance"),
    "commercial": Said("商业健康保险费", "commercial health insurance"),
}

PLACES: Final[Mapping[str, Said]] = {
    "hospital": Said("定点医院", "hospital"),
    "pharmacy": Said("定点药店", "pharmacy"),
    "checkup": Said("体检机构", "check-up centre"),
    "vaccination": Said("接种单位", "vaccination point"),
    "other": Said("其他场所", "elsewhere"),
}

POCKETS_OF_THE_MATRIX: Final[Mapping[str, Said]] = {
    "own_current_year": Said("本人当年账户", "own current-year money"),
    "own_carry_over": Said("本人历年结余", "own carry-over money"),
    "shared": Said("共济的钱", "shared money"),
    "wallet": Said("医保钱包", "the wallet"),
}
