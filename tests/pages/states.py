"""Every page of the explorer in every state that it has, by name: the path and the status."""

from gongji.channels.pages.explorer_costing import EXAMPLE

YES = "region=310000&mine=employee&relation=parent&theirs=resident&their_region=310000"
NO_SCHEDULE = "region=130000&scheme=employee&work=retired&visit=outpatient"
RECEIPT = (
    "by=receipt&region=620000&total=1000&scheme=resident&work=retired&visit=outpatient&fund=500&part_copay=300"
    "&part_off_catalogue=200&r1=child&r1_carry=300&r2=child&r2_carry=100"
)

STATES: dict[str, tuple[str, int]] = {
    "regions": ("/rules", 200),
    "regions, found": ("/rules?q=%E8%8B%8F%E5%B7%9E", 200),
    "regions, none found": ("/rules?q=hangzho", 200),
    "regions, nothing like it": ("/rules?q=%F0%9F%90%BC", 200),
    "region": ("/rules/310000", 200),
    "region of the nation": ("/rules/000000", 200),
    "region with cities, on another day": ("/rules/370000?on=2021-01-01", 200),
    "region, wrong day": ("/rules/310000?on=yesterday", 400),
    "no such region": ("/rules/999999", 404),
    "rule": ("/rules/310000/relatives", 200),
    "rule, a version that ended": ("/rules/310000/relatives/2022-07-01", 200),
    "rule not in force": ("/rules/310000/cap", 200),
    "rule unknown": ("/rules/310000/order", 200),
    "rule without limit": ("/rules/330000/members_max", 200),
    "rule with a quote": ("/rules/310000/premium_relatives", 200),
    "rule inherited": ("/rules/330100/wallet_transfer", 200),
    "no such rule": ("/rules/310000/nothing", 404),
    "no such version": ("/rules/310000/relatives/2001-01-01", 404),
    "help": ("/rules/help", 200),
    "help, second question": ("/rules/help?region=310000", 200),
    "help, third question": ("/rules/help?region=310000&mine=employee", 200),
    "help, fourth question": ("/rules/help?region=310000&mine=employee&relation=child", 200),
    "help, fifth question": ("/rules/help?region=310000&mine=employee&relation=child&theirs=resident", 200),
    "help, same city?": (f"/rules/help?on=2022-08-01&{YES.replace('310000', '130000')}", 200),
    "help, not answered": ("/rules/help?region=310000&asked=2", 400),
    "help, yes": (f"/rules/help?{YES}", 200),
    "help, no": ("/rules/help?region=310000&mine=resident", 200),
    "help, no relative": (f"/rules/help?{YES.replace('parent', 'cousin')}", 200),
    "help, not certain": (f"/rules/help?{YES.replace('employee', 'unsure').replace('resident', 'unsure')}", 200),
    "compare": ("/rules/compare", 200),
    "compare days": ("/rules/compare?by=days&region=350000&first=2024-06-01&second=2025-06-01", 200),
    "compare regions": ("/rules/compare?by=regions&left=320200&right=320500&on=2025-06-01", 200),
    "compare, the same": ("/rules/compare?by=days&region=350000&first=2025-06-01&second=2025-06-01", 200),
    "compare, wrong": ("/rules/compare?by=days&first=2025-06-01", 400),
    "bill": ("/rules/bill", 200),
    "bill, decided": (f"/rules/bill?{EXAMPLE}", 200),
    "bill, sharer skipped": (f"/rules/bill?on=2023-01-01&{EXAMPLE.replace('r1=child', 'r1=sibling')}", 200),
    "bill, benefits unknown": (f"/rules/bill?{NO_SCHEDULE}&total=100&in_full=100", 200),
    "bill, parts miss the total": (f"/rules/bill?{NO_SCHEDULE}&total=1000&in_full=980", 400),
    "bill from a receipt": ("/rules/bill?by=receipt", 200),
    "bill from a receipt, pots": (f"/rules/bill?{RECEIPT}", 200),
    "downloads": ("/rules/downloads", 200),
    "no such file": ("/rules/files/nothing.zip", 404),
}
