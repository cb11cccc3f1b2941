"""The sentences of explanations, in Chinese and English: one template for each kind of line. Amounts are yuan."""

from collections.abc import Mapping
from typing import Final

from gongji.domain.account import Pocket
from gongji.domain.texts import Language

LAYERS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "basic": "基本医保统筹基金",
        "large_amount": "大额医疗费用补助",
        "catastrophic": "大病保险",
        "aid": "医疗救助",
        "hifp_pay": "基本医保统筹基金",
        "cvlserv_pay": "公务员医疗补助",
        "hifes_pay": "企业补充医疗保险",
        "hifmi_pay": "居民大病保险",
        "hifob_pay": "职工大额医疗费用补助",
        "maf_pay": "医疗救助",
        "oth_pay": "其他基金",
    },
    "en": {
        "basic": "basic insurance fund",
        "large_amount": "large-amount fund",
        "catastrophic": "catastrophic insurance",
        "aid": "medical aid",
        "hifp_pay": "basic insurance fund",
        "cvlserv_pay": "civil servants' subsidy",
        "hifes_pay": "employer's supplementary insurance",
        "hifmi_pay": "residents' catastrophic insurance",
        "hifob_pay": "employees' large-amount fund",
        "maf_pay": "medical aid",
        "oth_pay": "other funds",
    },
}

LAYERS_WITHOUT_NAME: Final[Mapping[Language, str]] = {"zh": "基金 {layer}", "en": "fund {layer}"}
"""For a fund that an outside core system names and we do not know."""

POCKETS: Final[Mapping[Language, Mapping[Pocket, str]]] = {
    "zh": {
        Pocket.CURRENT_YEAR: "当年账户",
        Pocket.CARRY_OVER: "历年结余",
        Pocket.WALLET: "医保钱包",
        Pocket.POT: "家庭共济账户",
        Pocket.POT_CURRENT: "家庭共济账户(当年划入)",
    },
    "en": {
        Pocket.CURRENT_YEAR: "current-year money",
        Pocket.CARRY_OVER: "carry-over money",
        Pocket.WALLET: "wallet",
        Pocket.POT: "family pot",
        Pocket.POT_CURRENT: "family pot (filled this year)",
    },
}

PHRASES: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "fund": "{who}自己的医保先报销：政策范围内 {scope} 元，减起付 {deductible} 元，按 {percent}% 付 {fen} 元。",
        "fund_more": "{name}再付 {fen} 元。",
        "fund_as_sent": "{name}付 {fen} 元：账单送来时已由外部核心系统分割。",
        "hospital": "医疗机构自己承担 {fen} 元。",
        "the_hospital": "医疗机构",
        "deductible": "其中 {fen} 元在起付线以内，由个人负担，计入{who}本年度的起付累计。",
        "deductible_later": "其中 {fen} 元在起付线以内，由个人负担：{who}本年度不是首次住院，按再次住院的起付标准。",
        "own_first": "先用{who}自己账户的{pocket}，付 {fen} 元。",
        "own": "用{who}自己账户的{pocket}，付 {fen} 元。",
        "shared": "家庭共济：由{who}账户的{pocket}付 {fen} 元。",
        "shared_pot": "家庭共济：由{who}划入{pocket}的钱付 {fen} 元。",
        "shared_quota": "共济额度：从{who}账户为此冻结的{pocket}里付 {fen} 元。",
        "wallet": "再用{who}本人的医保钱包付 {fen} 元。",
        "cash": "剩下 {fen} 元，由{who}付现金。",
        "cash_all": "全部 {fen} 元，由{who}付现金。",
        "no_cash": "不用付现金。",
    },
    "en": {
        "fund": "{who}'s insurance pays first: {scope} in scope, less {deductible} deductible, at {percent} %: {fen}.",
        "fund_more": "The {name} pays a further {fen}.",
        "fund_as_sent": "The {name} pays {fen}: the bill came already split by an outside core system.",
        "hospital": "The institution bears {fen} itself.",
        "the_hospital": "institution",
        "deductible": "Of the personal part, {fen} lies within the deductible and counts toward {who}'s of this year.",
        "deductible_later": "Of the personal part, {fen} is {who}'s deductible for a later stay of the medical year.",
        "own_first": "First {who}'s own account: {fen} of {pocket}.",
        "own": "{who}'s own account: {fen} of {pocket}.",
        "shared": "Family sharing: {who}'s account pays {fen} of {pocket}.",
        "shared_pot": "Family sharing: {fen} out of what {who} moved into the {pocket}.",
        "shared_quota": "Quota: {fen} of the {pocket} that {who} had frozen for this member.",
        "wallet": "Then {who}'s own wallet: {fen}.",
        "cash": "What is left, {fen}, {who} pays in cash.",
        "cash_all": "All of it, {fen}, {who} pays in cash.",
        "no_cash": "Nothing is left to pay in cash.",
    },
}
"""Templates by language and kind of line."""
