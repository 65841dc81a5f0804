extension Phrase {
    /// What explanations say.
    var explaining: (english: String, chinese: String)? { ofLines ?? ofMovements ?? ofRecords }

    private var ofLines: (english: String, chinese: String)? {
        switch self {
        case .explainedLine: ("line %1 of %2 for %3: %4", "%2 %3第%1行：%4")
        case .withMerchant: ("with %1", "对方%1")
        case .atPrice: ("price %1", "单价%1")
        case .atRate: ("rate %1", "比率%1")
        case .underReference: ("reference %1", "参考号%1")
        case .countOfPoints: ("%1 points", "%1积分")
        case .amountOf: ("amount %1", "金额%1")
        case .movementCount: ("%1 movements", "%1笔变动")
        case .oneMovement: ("1 movement", "1笔变动")
        case .sumOfMovements: ("sum of %1: %2 points, %3, half to even %4", "%1合计：%2积分，%3，四舍六入五成双为%4")
        case .moreMovements: ("and %1 more: see --limit and --offset", "另有%1笔：见 --limit 与 --offset")
        case .oneLine: ("line %1", "第%1行")
        case .severalLines: ("lines %1", "第%1行")
        case .baseOf: ("%1, the sum of %2, times %3", "%1（%2合计）× %3")
        case .baseLess: ("%1, the sum of %2 with its sign turned, times %3", "%1（%2合计，变号）× %3")
        case .byTerms: ("by %1", "依据：%1")
        case .sumRounded: ("sum: %1, half to even %2", "合计：%1，四舍六入五成双为%2")
        case .feeByTerms: ("the fee of a period, by %1", "期间服务费，依据：%1")
        case .bookedBy: ("booked by the operator (%1) on %2 for %3: %4", "由运营方（%1）于%2入账，日期%3：%4")
        case .undoes: ("it takes back %1", "撤销%1")
        case .termsFrom: ("terms of %1 from %2", "%1自%2起的条款")
        case .byCampaign: ("campaign %1", "活动%1")
        case .byItem: ("item %1", "礼品%1")
        case .termsAtEach:
            (
                "the redeem fee of the terms of %1 in force at each redemption, from %2",
                "每次兑换时%1有效条款（自%2起）的手续费率"
            )
        case .noTerms: ("no terms", "无条款")
        case .overviewTitle: ("statement of %1 for %2, number %3, in %4", "%1 %2对账单，第%3号，货币%4")
        case .noLines: ("it has no lines", "无明细")
        case .exactSum: ("Before rounding", "舍入前")
        case .balanceFrom:
            (
                "balance: %1 of number %2 + %3 of the lines + %4 of payments = %5",
                "余额：%1（第%2号）+ %3（明细）+ %4（付款）= %5"
            )
        case .balanceAtStart:
            (
                "balance: %1 at the start + %2 of the lines + %3 of payments = %4",
                "余额：%1（起始）+ %2（明细）+ %3（付款）= %4"
            )
        case .paymentOf: ("payment %1 of %2 on %3: %4", "付款%1：%2，日期%3：%4")
        case .eachLine: ("each line: %1", "逐行查看：%1")
        case .thePoints: ("the points: %1", "积分：%1")
        case .pointsOf: ("points of %1 for %2", "%1 %2的积分")
        case .figureIn: ("%1 %2, in %3", "%1 %2，共%3")
        default: nil
        }
    }

    private var ofMovements: (english: String, chinese: String)? {
        switch self {
        case .madeLine: ("%1 of %2", "%2的%1")
        case .moved: ("%1: %2 of %3 points", "%1：%2%3积分")
        case .movedIssue: ("issue", "发放")
        case .movedAllocation: ("redemption", "兑换")
        case .movedRestoration: ("giving back", "退还")
        case .movedRecovery: ("recovery", "收回")
        case .movedDebtRecovery: ("recovery for a debt", "为偿还欠分收回")
        case .movedExpiry: ("expiry", "过期")
        case .byTime: ("by time alone", "仅因时间")
        case .byRecord: ("by %1", "起因：%1")
        case .takesBackRecord: ("which takes back %1", "撤销：%1")
        case .lotOf: ("lot of %1", "%1的一批积分")
        case .lotPrice: ("price %1, paid %2", "单价%1，%2")
        case .lotExpires: ("expires %1", "到期%1")
        case .lotNever: ("never expires", "永不过期")
        case .lotOwn: ("which it made", "由其产生")
        case .lotMadeBy: ("made by %1", "来自：%1")
        case .ofPoints: ("of %1 points", "%1积分")
        case .atTime: ("at %1", "时间%1")
        case .effectiveAt: ("effective %1", "生效%1")
        case .atBatchLine: ("batch %1 line %2", "批次%1第%2行")
        case .batchNumbered: ("%1 %2: number %3 of the %4, received %5, %6", "%1 %2：%4第%3号，接收于%5，%6")
        case .signedWith: ("signed by %1: %2", "签名密钥%1：%2")
        case .batchList: ("batches", "批次")
        default: nil
        }
    }

    private var ofRecords: (english: String, chinese: String)? {
        switch self {
        case .recordOf: ("%1 %2: %3 points of %4 at %5", "%1 %2：会员%4，%3积分，时间%5")
        case .atStore: ("store %1", "门店%1")
        case .validThrough: ("valid through %1", "有效期至%1")
        case .takesBack: ("takes back %1", "撤销%1")
        case .receivedIn: ("received %1 in batch %2, line %3", "接收于%1，批次%2第%3行")
        case .isLate: ("late", "迟到")
        case .belongsTo: ("belongs to %1", "归属%1")
        case .cameAgain: ("came again %1 in batch %2, line %3: %4", "再次收到：%1，批次%2第%3行：%4")
        case .cameBefore: ("came before, %1 in batch %2, line %3: %4", "此前收到：%1，批次%2第%3行：%4")
        case .refusedWith: ("refused, %1", "已拒绝，%1")
        case .archiveNamed: ("the archive %1, %2", "归档文件%1，%2")
        case .bytesAreIn: ("its bytes are in %1", "其字节在%1中")
        case .bytesAreRedacted:
            (
                "forgotten members were named in it: not the bytes that were signed stand now, but %1",
                "其中曾载有已被遗忘的会员：现存字节并非所签名者，而是%1"
            )
        case .copiesUnknown:
            ("whether it came again is not known of batches in %1", "%1中的批次是否再次带来该记录，不得而知")
        case .equalIgnored: ("equal, ignored", "内容相同，已忽略")
        case .triedOnce: ("tried once before", "此前尝试1次")
        case .triedTimes: ("tried %1 times before", "此前尝试%1次")
        case .reversalRecord: ("reversal %1: %2", "撤销记录 %1：%2")
        case .lotThen:
            (
                "its lot then: %1 open, %2 expired, %3 asked back, of %4",
                "该批积分当时：未兑%1，过期%2，被要求收回%3，共%4"
            )
        case .nowIs: ("now: %1", "目前：%1")
        case .stateOpen: ("open", "未结算")
        case .shortOf: ("shortfall of %1 points", "缺少%1积分")
        case .debtList: ("debts of points", "会员所欠积分")
        case .debtLeft: ("%1: a debt of %2 points to %3", "%1：欠%3 %2积分")
        case .debtLeftBy: ("left by %1", "起因：%1")
        case .debtForLot: ("for points already spent of %1", "所撤销而已用的积分：%1")
        case .debtPaid: ("%1: %2 points paid of it", "%1：偿还%2积分")
        case .debtLessened:
            ("%1: %2 points less, given back to that lot after its expiry", "%1：该批积分过期后退还，欠分减少%2积分")
        case .debtFromLot: ("taken from the lot of %1", "取自：%1")
        case .debtOwed: ("still owed: %1 points", "仍欠：%1积分")
        case .debtDone: ("nothing of it is owed any more", "已还清")
        case .paidList: ("debts that points of it paid", "由其积分偿还的欠分")
        case .paidDebt: ("%1: %2 points paid of a debt to %3", "%1：偿还对%3所欠的%2积分")
        case .lessenedDebt:
            (
                "%1: %2 points less of a debt to %3, given back to its lot after that had expired",
                "%1：该批积分过期后退还，对%3所欠减少%2积分"
            )
        case .andMore: ("… and %1 more", "……另有%1项")
        case .refusedAlone: ("%1: refused alone, when its batch came", "%1：所在批次到达时被单独拒绝")
        case .refusedAloneNote:
            (
                "No statement counts it, and its id is free: a later record of that id is judged anew.",
                "不计入任何对账单，其编号未被占用：此后同编号的记录将重新判定。"
            )
        default: nil
        }
    }
}
