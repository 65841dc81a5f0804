extension Phrase {
    /// What lines and reasons mean, a sentence each.
    var meanings: (english: String, chinese: String) {
        switch self {
        // Reasons
        case .insufficientPoints:
            (
                """
                The redemption spends more points than the member held; pending, it is tried again at \
                the next close.
                """,
                "兑换的积分多于会员所持；待处理的记录将在下次结算时重试。"
            )
        case .originalUnknown:
            (
                """
                The reversal names a record that nobody reported yet; pending, it is tried again at the \
                next close.
                """,
                "撤销所指的记录尚无人上报；待处理的记录将在下次结算时重试。"
            )
        case .originalMismatch: ("The reversal names a record of another type or member.", "撤销所指的记录类型或会员不符。")
        case .originalRefused: ("The reversal names a record that was itself refused.", "撤销所指的记录本身已被拒绝。")
        case .exceedsOriginal: ("The reversal takes more than earlier reversals left.", "撤销的积分多于此前撤销后所余。")
        case .shortfall:
            (
                """
                The correction took all the points that the member held, which were fewer than it was to \
                take.
                """,
                "更正已取走会员所持的全部积分，仍少于应取之数。"
            )
        default: whyRefused ?? ofLineKinds
        }
    }

    /// Why a record was refused alone. Rulebook §3.
    private var whyRefused: (english: String, chinese: String)? {
        switch self {
        case .idReused: ("A record of that id is there already, and says something else.", "该编号的记录已存在，且内容不同。")
        case .beforeStart: ("It is of a time before the alliance's first period.", "其时间早于联盟的首个期间。")
        case .inFuture: ("It is of a time more than five minutes after it was received.", "其时间晚于接收时间五分钟以上。")
        case .tooOld: ("It was older than the alliance allows when it was received.", "接收时已超过联盟允许的期限。")
        case .withoutTerms:
            ("Its merchant, sponsor or supplier has no terms at that time.", "其商户、活动主办方或礼品供应方当时没有条款。")
        case .campaignUnknown: ("It names a campaign that the alliance does not have.", "所指的活动不存在。")
        case .campaignInactive: ("It falls outside its campaign's days.", "不在活动期间内。")
        case .itemUnknown: ("It names a gift that the catalogue does not have.", "所指的礼品不存在。")
        case .itemInactive: ("It falls outside its gift's days.", "不在礼品有效期间内。")
        case .itemPointsMismatch: ("Its points are no multiple of the gift's.", "其积分不是礼品所需积分的整数倍。")
        case .pointsExceedTerms:
            ("It gives more points for its amount than the terms allow.", "按其金额发放的积分超出条款上限。")
        default: nil
        }
    }

    /// Kinds of lines, what each is called and means.
    private var ofLineKinds: (english: String, chinese: String) {
        switch self {
        case .issue: ("Points issued", "发放积分")
        case .issueMeaning:
            (
                """
                Points that the merchant, or another shop for its campaign, gave to members. It pays for \
                them when they are given: points × price.
                """,
                "商户或他店因其活动发给会员的积分。发放时即付款：积分 × 单价。"
            )
        case .issueReversal: ("Points taken back", "收回积分")
        case .issueReversalMeaning:
            (
                "Points recovered after a refund or a correction: what was paid for them comes back.",
                "因退货或更正而收回的积分：已付款项退回。"
            )
        case .redemptionCharge: ("Points spent by members", "会员兑换积分")
        case .redemptionChargeMeaning:
            (
                """
                The merchant's points that members spent at the counterparty. It pays for them when they \
                are spent: points × price.
                """,
                "会员在对方商户兑换的本商户积分。兑换时付款：积分 × 单价。"
            )
        case .redemptionChargeReversal: ("Spending undone", "撤销兑换积分")
        case .redemptionChargeReversalMeaning:
            (
                "Such points given back because the purchase was undone: the charge for them comes back.",
                "因交易撤销而退还的此类积分：已扣款项退回。"
            )
        case .redemptionPayout: ("Payout for redemptions", "兑换收入")
        case .redemptionPayoutMeaning:
            (
                """
                Points of the counterparty that members spent at the merchant. It is paid for taking \
                them: points × price.
                """,
                "会员在本商户兑换的对方商户积分。本商户因此收款：积分 × 单价。"
            )
        case .redemptionPayoutReversal: ("Payout undone", "撤销兑换收入")
        case .redemptionPayoutReversalMeaning:
            (
                "Such points given back because the purchase was undone: the payout for them goes back.",
                "因交易撤销而退还的此类积分：已收款项退还。"
            )
        case .expiryRefund: ("Refund for expired points", "过期积分退款")
        case .expiryRefundMeaning:
            (
                """
                Prepaid points that members let expire. A share of their price comes back: points × \
                price × rate.
                """,
                "会员未用而过期的预付积分。按比率退还价款：积分 × 单价 × 比率。"
            )
        case .redeemFee: ("Fee on redemptions", "兑换手续费")
        case .redeemFeeMeaning:
            (
                "What the operator keeps of the payouts of that rate: their sum × rate.",
                "运营方就该比率的兑换收入收取的费用：收入合计 × 比率。"
            )
        case .periodFee: ("Fee for the period", "期间服务费")
        case .periodFeeMeaning: ("What taking part costs in every period.", "每期参加联盟的费用。")
        case .vat: ("VAT on fees", "手续费增值税")
        case .vatMeaning: ("Value added tax on the fees above: their sum × rate.", "上述费用的增值税：费用合计 × 税率。")
        case .adjustment: ("Adjustment", "调整")
        case .adjustmentMeaning:
            (
                "An amount that the operator booked with a reason of its own, under the reference.",
                "运营方按参考号所载事由入账的金额。"
            )
        default: preconditionFailure("\(self) has no wording")
        }
    }
}
