"""The decision of bill after bill on int64 columns, compiled: what `gongji.rules` decides for one bill.

All that is compiled stands in this module with its constants: the machine code kept beside it is made anew when this
file changes, and only then. Within, few arrays go from function to function, since each costs seven words a call.
"""

from gongji.whatif.columns import Ints
from gongji.whatif.compiling import compiled
from gongji.whatif.tables import Bill, Outcome, Rules, Year

EVENTS = (
    "outpatient", "inpatient", "own", "shared", "pot", "wallet", "relatives", "sharing", "pay_mode", "uses",
    "out_of_scope", "use_cap", "one_sharer", "own_not_empty", "minimum", "carry_over", "cap", "pot_empty", "refused",
)  # fmt: skip
"""What a bill may rest on, each a bit of its code of rules: first what paid, then why sharers were skipped."""
BIT = {event: 1 << number for number, event in enumerate(EVENTS)}
CODES = 1 << 20
"""A code of rules is its bits, and this times the number of the terms."""
(
    _OUTPATIENT, _INPATIENT, _OWN, _SHARED, _POT, _WALLET, _RELATIVES, _SHARING, _PAY_MODE, _USES,
    _OUT_OF_SCOPE, _USE_CAP, _ONE_SHARER, _OWN_NOT_EMPTY, _MINIMUM, _CARRY_OVER, _CAP, _POT_EMPTY, _REFUSED,
) = BIT.values()  # fmt: skip
_BASIS = 10_000
_FAR_FEN = 2**40
NO_CELL = NO_LIMIT = -1
MOST_FEN = 2**62  # more than every sum of a year

# Fields of a plan, and words in them.
(
    OWN_FIRST, OWN_MUST_BE_EMPTY, POT, CARRY_OVER_ONLY, MINIMUM_FEN, ORDER, ONE_SHARER, BARRED, LIMITS, GOODS_FEN,
    RELATED,
) = range(11)  # fmt: skip
BY_BINDING, BY_BINDING_LAST, BY_BALANCE = range(3)
ONE_PAYMENT, SEVERAL_PAYMENTS = range(2)
# Bits of a component: who may pay it, and whether it is not counted as borne when sharers do. Bits of goods.
BY_CURRENT, BY_CARRY, BY_SHARED, BY_WALLET, UNCOUNTED = (1 << number for number in range(5))
PAYABLE, LIMITED = 1, 2
# Fields of a schedule; its stops stand behind them.
(
    FIRST_FEN, LATER_FEN, YEAR_MAX_FEN, PER_YEAR, RATIO_BP, HAS_CEILING, OVER_ALL, ABOVE_BP, STRANGE, STOPS, STOP,
) = range(11)  # fmt: skip
# Fields of a person's year; the sums of outpatient care, then those of stays.
(
    CURRENT, CARRY, BESIDE, CREDIT, FUND, DEDUCTIBLE, BURDEN, STAY_FUND, STAY_DEDUCTIBLE, STAY_BURDEN,
    STAYS, GOODS, CASH, PERSON, WAITING, GIVEN_FUND, GIVEN_DEDUCTIBLE, CELL, DUE,
) = range(19)  # fmt: skip
COMPONENTS = 5
STATE_FIELDS = DUE + COMPONENTS
# Fields of a sharer: first the four pockets, as above (beside the account a sharer has his pot, a patient his wallet).
RELATION, CAP_FEN, USED_FEN, BALANCE_FEN, SHARER_FIELDS = range(4, 9)
# Rows of results.
RESULTS = ("fund_fen", "deductible_fen", "own_fen", "shared_fen", "wallet_fen", "cash_fen", "burden_fen", "rules")
_R_FUND, _R_DEDUCTIBLE, _R_OWN, _R_SHARED, _R_WALLET, _R_CASH, _R_BURDEN, _R_RULES = range(8)


@compiled
def decide(begin: int, bill: Bill, days: tuple[int, Ints], rules: Rules, year: Year, out: Outcome) -> int:
    """Decide the bills from row `begin` on; return the row whose share the single decision has to find, or the end.

    `days` are the first one and a row for each: number of the plan, month, account year, and months begun in that.
    """
    earliest, table = days
    state, sharing, results = year.state, year.sharing, out.results
    for row in range(begin, len(bill.day)):
        day = table[bill.day[row] - earliest]
        number = day[0]
        plan = rules.plan[number]
        if state[WAITING] == 0:
            if row == bill.first[state[PERSON] + 1]:
                _open(year.own, year.sharers, state, sharing)
                _begin_month(plan, state, sharing)
            else:
                _come_to(plan, table[bill.day[row - 1] - earliest], day, state, sharing)
        visit, insured = bill.visit[row], bill.insured[row]
        care = 1 if rules.inpatient[visit] else 0
        state[DUE], state[DUE + 1] = bill.deductible_fen[row], bill.copay_fen[row]
        state[DUE + 2], state[DUE + 3] = bill.first_self_pay_fen[row], bill.over_limit_fen[row]
        state[DUE + 4] = bill.off_catalogue_fen[row]
        fund_fen, code = bill.fund_fen[row], 0
        if not bill.split[row]:
            case = (number, visit, insured, bill.work[row], bill.age[row], bill.level[row] - 1)
            cell = _cell(case, bill.retired_on[row], rules.retired, rules.cell)
            code = _INPATIENT if care else _OUTPATIENT
            if cell == NO_CELL and (bill.in_scope_fen[row] > 0 or not rules.known[number, visit]):
                state[DUE:] = fund_fen = 0
                code |= _REFUSED
            else:
                fund_fen = _share(bill.in_scope_fen[row], cell, care, rules.schedules, state)
            if fund_fen < 0:
                state[WAITING], state[CELL] = 1, cell
                return row
        use = rules.use[number, insured, bill.place[row], bill.kind[row]]
        code |= _settle(row, care, fund_fen, use, plan, rules.pays[number], state, sharing, results)
        state[STAYS] += 0 if code & _REFUSED else care
        results[_R_RULES, row] = number * CODES + code
        _close(row, bill.first, state, sharing, out.cash_fen, out.left_fen)
    return len(bill.day)


# Helpers


@compiled
def _open(own: Ints, sharers: Ints, state: Ints, sharing: Ints) -> None:
    """Begin the year of the next person."""
    state[PERSON] = person = state[PERSON] + 1
    for field in range(FUND, PERSON):
        state[field] = 0
    for pocket in range(4):
        state[pocket] = own[pocket, person]
    for number in range(len(sharing)):
        sharing[number, USED_FEN] = 0
        for field in range(USED_FEN):
            sharing[number, field] = sharers[number, field, person]


@compiled
def _close(row: int, first: Ints, state: Ints, sharing: Ints, cash_fen: Ints, left_fen: Ints) -> None:
    """End the year of the person, if that was his last bill."""
    state[WAITING] = 0
    person = state[PERSON]
    if row + 1 == first[person + 1]:
        cash_fen[person] = state[CASH]
        left_fen[person, 0] = state[CURRENT] + state[CARRY]
        left_fen[person, 1] = state[BESIDE]
        for number in range(len(sharing)):
            one = sharing[number]
            left_fen[person, 2 + number] = one[CURRENT] + one[CARRY] + one[BESIDE]


@compiled
def _come_to(plan: Ints, last: Ints, day: Ints, state: Ints, sharing: Ints) -> None:
    """Credit the months since the last bill, and turn the account year; both days are rows as above."""
    months, turned = day[1] - last[1], day[2] != last[2]
    since = min(day[3], months) if turned else months
    if months or turned:
        _credit(state, turned, months - since, since)
        for number in range(len(sharing)):
            _credit(sharing[number], turned, months - since, since)
    if turned:
        state[FUND:GOODS] = 0
    if months:
        _begin_month(plan, state, sharing)


@compiled
def _credit(pockets: Ints, turned: bool, before: int, since: int) -> None:  # noqa: FBT001  # compiled calls are by place
    """Credit some months before the account year turned, and some since."""
    if turned:
        pockets[CARRY] += pockets[CURRENT] + pockets[CREDIT] * before
        pockets[CURRENT] = 0
    pockets[CURRENT] += pockets[CREDIT] * since


@compiled
def _begin_month(plan: Ints, state: Ints, sharing: Ints) -> None:
    """Let each sharer move into his pot all that may be set aside, carried-over money first."""
    state[GOODS] = 0
    if not plan[POT]:
        return
    for number in range(len(sharing)):
        one = sharing[number]
        most_fen = one[CARRY] + one[CURRENT] - plan[MINIMUM_FEN]
        if plan[CARRY_OVER_ONLY]:
            most_fen = min(one[CARRY], most_fen)
        most_fen = max(most_fen, 0) if one[RELATION] >= 0 else 0
        carry_fen = min(most_fen, one[CARRY])
        one[CARRY] -= carry_fen
        one[CURRENT] -= most_fen - carry_fen
        one[BESIDE] += most_fen


@compiled
def _cell(case: tuple[int, ...], retired_on: int, ends: Ints, cells: Ints) -> int:
    """Return the cell of the schedule of a bill, NO_CELL where none fits."""
    retired = 0
    while retired < len(ends) and ends[retired] <= retired_on:
        retired += 1
    number, visit, insured, work, age, level = case
    return int(cells[number, visit, insured, work, age, level, retired])


@compiled
def _share(in_scope_fen: int, cell: int, care: int, schedules: Ints, state: Ints) -> int:
    """Return what the funds pay, with deductible and co-pay put into what is due; -1 if the single decision has to say.

    Without a schedule nothing is in scope.
    """
    if state[WAITING]:
        fund_fen, deductible_fen = state[GIVEN_FUND], state[GIVEN_DEDUCTIBLE]
    elif cell == NO_CELL:
        fund_fen = deductible_fen = 0
    else:
        benefit = schedules[cell]
        if benefit[STRANGE]:
            return -1
        deductible_fen = benefit[LATER_FEN] if care == 1 and state[STAYS] > 0 else benefit[FIRST_FEN]
        if benefit[PER_YEAR]:
            deductible_fen = min(deductible_fen, benefit[YEAR_MAX_FEN]) - state[DEDUCTIBLE + 3 * care]
        deductible_fen = min(max(deductible_fen, 0), in_scope_fen)
        cost_fen = in_scope_fen - deductible_fen
        if benefit[STOPS]:
            used_fen = state[FUND] + state[STAY_FUND] if benefit[OVER_ALL] else state[FUND + 3 * care]
            fund_fen = _through_stops(cost_fen, used_fen, benefit)
        else:
            fund_fen = _rounded(cost_fen * benefit[RATIO_BP], _BASIS)
    state[DUE], state[DUE + 1] = deductible_fen, in_scope_fen - fund_fen - deductible_fen
    return int(fund_fen)


@compiled
def _through_stops(cost_fen: int, used_fen: int, benefit: Ints) -> int:
    """Return what all layers pay where bands or a ceiling stand, -1 for a bill that crosses two stops at once.

    Up to the stop the fund pays whole fen; the cost beyond it is a fraction over the ratio, so it is kept multiplied
    by that ratio until it is rounded.
    """
    ratio_bp, following, end = benefit[RATIO_BP], STOP, STOP + 2 * benefit[STOPS]
    while following < end and benefit[following] <= used_fen:
        following += 2
    if following > STOP and ratio_bp:
        if following == end and benefit[HAS_CEILING]:
            return min(_rounded(cost_fen * benefit[ABOVE_BP], _BASIS), cost_fen)
        ratio_bp = benefit[following - 1]
    paid = cost_fen * ratio_bp
    room_fen = benefit[following] - used_fen if following < end else _FAR_FEN
    if paid <= room_fen * _BASIS:
        return min(_rounded(paid, _BASIS), cost_fen)
    over = paid - room_fen * _BASIS  # the cost beyond, times the ratio up to the stop
    if following + 2 == end and benefit[HAS_CEILING]:
        return min(room_fen + _rounded(over * benefit[ABOVE_BP], _BASIS * ratio_bp), cost_fen)
    beyond_bp = benefit[following + 1]
    if following + 2 < end:
        next_fen = benefit[following + 2] - used_fen - room_fen
        if over * beyond_bp > next_fen * _BASIS * ratio_bp:
            return -1
    return min(room_fen + _rounded(over * beyond_bp, _BASIS * ratio_bp), cost_fen)


@compiled
def _rounded(over: int, under: int) -> int:
    """Return a quotient of what is not negative, half up."""
    return (2 * over + under) // (2 * under)


@compiled
def _settle(
    row: int, care: int, fund_fen: int, use: int, plan: Ints, pays: Ints, state: Ints, sharing: Ints, results: Ints
) -> int:
    """Let pockets and cash pay what is due, count the bill in its year, and return the bits of its rules."""
    deductible_fen, burden_fen, before_fen = state[DUE], state[DUE] + state[DUE + 1], state[CURRENT] + state[CARRY]
    cash_fen = burden_fen + state[DUE + 2] + state[DUE + 3] + state[DUE + 4]
    own_fen = _own(pays, state) if plan[OWN_FIRST] else 0
    code, shared_fen = 0, 0
    if len(sharing) and cash_fen > own_fen:
        wanted_fen = _wanted(use, plan, pays, state)
        code, shared_fen = _shared(wanted_fen, before_fen, use, plan, sharing)
        burden_fen -= _pay(shared_fen, BY_SHARED, pays, state)
        state[GOODS] += shared_fen if use & LIMITED else 0
    if not plan[OWN_FIRST]:
        own_fen = _own(pays, state)
    wallet_fen = min(_payable(BY_WALLET, pays, state), state[BESIDE]) if state[BESIDE] and use & PAYABLE else 0
    _pay(wallet_fen, BY_WALLET, pays, state)
    state[BESIDE] -= wallet_fen
    cash_fen -= own_fen + shared_fen + wallet_fen
    state[CASH] += cash_fen
    state[FUND + 3 * care] += fund_fen
    state[DEDUCTIBLE + 3 * care] += deductible_fen
    state[BURDEN + 3 * care] += burden_fen
    results[_R_FUND, row], results[_R_DEDUCTIBLE, row], results[_R_BURDEN, row] = fund_fen, deductible_fen, burden_fen
    results[_R_OWN, row], results[_R_SHARED, row] = own_fen, shared_fen
    results[_R_WALLET, row], results[_R_CASH, row] = wallet_fen, cash_fen
    return code | (_OWN if own_fen else 0) | (_WALLET if wallet_fen else 0)


@compiled
def _payable(payer: int, pays: Ints, state: Ints) -> int:
    """Return what is due of the components that this payer may pay."""
    fen = 0
    for component in range(COMPONENTS):
        if pays[component] & payer:
            fen += state[DUE + component]
    return fen


@compiled
def _pay(fen: int, payer: int, pays: Ints, state: Ints) -> int:
    """Take so much off those components, first one first; return what of it is uncounted."""
    uncounted_fen = 0
    for component in range(COMPONENTS if fen else 0):
        if pays[component] & payer:
            part_fen = min(state[DUE + component], fen)
            state[DUE + component] -= part_fen
            fen -= part_fen
            if pays[component] & UNCOUNTED:
                uncounted_fen += part_fen
    return uncounted_fen


@compiled
def _own(pays: Ints, state: Ints) -> int:
    """Return what the own account pays: this year's money before carry-over."""
    own_fen = 0
    for pocket, payer in ((CURRENT, BY_CURRENT), (CARRY, BY_CARRY)):
        if state[pocket] == 0:
            continue
        fen = min(_payable(payer, pays, state), state[pocket])
        _pay(fen, payer, pays, state)
        state[pocket] -= fen
        own_fen += fen
    return own_fen


@compiled
def _wanted(use: int, plan: Ints, pays: Ints, state: Ints) -> int:
    """Return how much sharers are asked for."""
    wanted_fen = _payable(BY_SHARED, pays, state) if use & PAYABLE else 0
    if use & LIMITED:
        return int(min(wanted_fen, max(plan[GOODS_FEN] - state[GOODS], 0)))
    return wanted_fen


@compiled
def _shared(wanted_fen: int, before_fen: int, use: int, plan: Ints, sharing: Ints) -> tuple[int, int]:
    """Ask the sharers in the order of the region; each is skipped for the first of the reasons that hold."""
    barred = plan[BARRED]
    if barred == 0 and wanted_fen == 0 and not use & LIMITED:
        barred = _OUT_OF_SCOPE if use & PAYABLE else _USES
    last = _USE_CAP if wanted_fen == 0 else 0
    if plan[OWN_MUST_BE_EMPTY] and before_fen > 0:
        last = _OWN_NOT_EMPTY
    code, left_fen = 0, wanted_fen
    for place in range(len(sharing)):
        one = sharing[_asked(place, plan[ORDER], sharing)]
        if one[RELATION] < 0 or (left_fen == 0 and wanted_fen > 0):
            continue
        if not plan[RELATED] >> one[RELATION] & 1:
            code |= _RELATIVES
        elif barred:
            code |= barred
        elif plan[ONE_SHARER] and left_fen < wanted_fen:
            code |= _ONE_SHARER
        elif last:
            code |= last
        else:
            taken_fen, bit = _take(left_fen, plan, one)
            code |= bit
            left_fen -= taken_fen
    return code, wanted_fen - left_fen


@compiled
def _asked(place: int, order: int, sharing: Ints) -> int:
    """Return the number of the sharer who is asked at that place; by balance, who has most of those not asked yet."""
    several = len(sharing)
    if order == BY_BINDING:
        return place
    if order == BY_BINDING_LAST:
        return several - 1 - place
    if place == 0:
        for number in range(several):
            sharing[number, BALANCE_FEN] = sharing[number, CURRENT] + sharing[number, CARRY]
    most = 0
    for number in range(1, several):
        if sharing[number, BALANCE_FEN] > sharing[most, BALANCE_FEN]:
            most = number
    sharing[most, BALANCE_FEN] = -1
    return most


@compiled
def _take(wanted_fen: int, plan: Ints, one: Ints) -> tuple[int, int]:
    """Return what the sharer pays of `wanted_fen` out of his pockets or his pot, and why, or why not one fen."""
    limit_fen = MOST_FEN
    if plan[LIMITS] != NO_LIMIT and one[CAP_FEN] != NO_LIMIT:
        limit_fen = one[CAP_FEN] if plan[LIMITS] == ONE_PAYMENT else max(one[CAP_FEN] - one[USED_FEN], 0)
    if plan[POT]:
        open_fen, why_not = one[BESIDE], _POT_EMPTY
    else:
        open_fen, why_not = one[CURRENT] + one[CARRY] - plan[MINIMUM_FEN], _MINIMUM
        if plan[CARRY_OVER_ONLY]:
            open_fen = min(one[CARRY], open_fen)
            if one[CARRY] == 0 and one[CURRENT] > 0:
                why_not = _CARRY_OVER
    if open_fen <= 0:
        return 0, why_not
    if limit_fen == 0:
        return 0, _CAP
    taken_fen = min(wanted_fen, open_fen, limit_fen)
    one[USED_FEN] += taken_fen
    if plan[POT]:
        one[BESIDE] -= taken_fen
        return taken_fen, _POT
    carry_fen = min(taken_fen, one[CARRY])
    one[CARRY] -= carry_fen
    one[CURRENT] -= taken_fen - carry_fen
    return taken_fen, _SHARED
