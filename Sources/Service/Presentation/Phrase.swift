/// Everything that statements, closings and reports say in words, in every language: the one place for their texts.
///
/// `%1`, `%2` … stand for what is put in. Parts of pages take a phrase by its name, as `{{say.lines}}`.
enum Phrase: String, CaseIterable, Sendable {
    // Titles
    case statementTitle, closingTitle, flowsTitle
    // What a document is of
    case alliance, merchant, number, period, beginning, end, timeZone, currency, operatorName
    // How amounts are to be read
    case signs, closingSigns, balanceThen, owesAlliance, owedByAlliance, owesNothing
    // Balance
    case balance, opening, activity, payments, closing
    // Lines
    case lines, lineNumber, line, counterparty, price, rate, reference, points, amount, none, meaning
    // Points
    case pointsIssued, pointsOfAll, issued, reversed, redeemed, restored, expired
    // Flows
    case flows, issuer, redeemer, flowOwn, flowOut, flowIn, whose, charged, paid, flowNote, total
    // Course
    case course, courseShown, openPoints, balanceCourse, owedToMerchants, owedByMerchants
    case operatorBalance, operatorActivity, operatorPayments, merchantsCourse, balanceAt
    // Records
    case records, recordsOfAll, settled, late, pending, refused, exceptions, record, type, state
    case reason, pointsMissing, reasonMeaning
    // Batches
    case batches, batchesOfAll, batchCount, intake, intakeRefused, signer, batch, sequence, recordCount,
        accepted
    case duplicates, missing, digest
    // Preview of a close
    case previewTitle, previewAt, closesFrom, warnings, warning, notReported, sequencesMissing, unusual
    case wouldStayPending, beyondExposure, change, nothingWritten, merchantCount, listedBelow, silentMerchants
    // Closing
    case positions, journal, account, debit, credit, liability, funding, expires, value, statements
    // How to check it
    case check, form, digestOf, signedBy, sealedBy, details, previous, fromSigned, fromClosings
    case everyFigure, everyOtherFigure, courseSource
    // Disputes
    case disputes, disputesNote, disputesUnread, dispute, opened, due, lineOf
    // Where a close was cut, and the accounts
    case cut, cutAfter, cutBeforeAny, cutListed, cutEarlier, cutUnread, cutSource
    case accountMeaning, accountReceivable, accountPool, accountMargin, accountBreakage, accountFees
    case accountVAT, accountAdjustments, accountBank, accountOpening, accountRounding
    // Words of the documents
    case byMerchant, byOperator, earn, redeem, earnReversal, redeemReversal, openingRecord, correction
    case stateSettled, statePending, stateRefused, fundingIssue, fundingRedemption, never
    // Reasons
    case insufficientPoints, originalUnknown, originalMismatch, originalRefused, exceedsOriginal
    case shortfall
    // Kinds of lines, what each is called and means
    case issue, issueMeaning, issueReversal, issueReversalMeaning, redemptionCharge
    case redemptionChargeMeaning, redemptionChargeReversal, redemptionChargeReversalMeaning
    case redemptionPayout, redemptionPayoutMeaning, redemptionPayoutReversal
    case redemptionPayoutReversalMeaning, expiryRefund, expiryRefundMeaning, redeemFee
    case redeemFeeMeaning, periodFee, periodFeeMeaning, vat, vatMeaning, adjustment, adjustmentMeaning

    // Explanations: of lines and what set their prices
    case explainedLine, withMerchant, atPrice, atRate, underReference, countOfPoints, amountOf
    case movementCount, oneMovement, sumOfMovements, moreMovements, oneLine, severalLines, baseOf, baseLess
    case byTerms, sumRounded, feeByTerms, bookedBy, undoes
    case termsFrom, byCampaign, byItem, termsAtEach, noTerms
    // Of movements
    case moved, movedIssue, movedAllocation, movedRestoration, movedRecovery, movedDebtRecovery, movedExpiry
    case madeLine, byTime, byRecord, takesBackRecord, lotOf, lotPrice, lotExpires, lotNever, lotOwn, lotMadeBy
    case ofPoints, atTime, effectiveAt, atBatchLine, batchNumbered, signedWith, batchList
    // Of records and debts
    case recordOf, atStore, validThrough, takesBack, receivedIn, isLate, belongsTo, cameAgain, refusedWith
    case cameBefore, archiveNamed, bytesAreIn, bytesAreRedacted, copiesUnknown
    case equalIgnored, triedOnce, triedTimes, reversalRecord, lotThen, nowIs, stateOpen, shortOf
    case debtList, debtLeft, debtLeftBy, debtForLot, debtPaid, debtLessened, debtFromLot, debtOwed, debtDone
    case paidList, paidDebt, lessenedDebt, andMore
    case refusedAlone, refusedAloneNote, idReused, beforeStart, inFuture, tooOld, withoutTerms
    case campaignUnknown, campaignInactive, itemUnknown, itemInactive, itemPointsMismatch, pointsExceedTerms
    // Of statements and points
    case overviewTitle, noLines, exactSum, balanceFrom, balanceAtStart, paymentOf, eachLine, thePoints
    case pointsOf, figureIn

    /// The phrase in each language.
    var wording: (english: String, chinese: String) { words ?? explaining ?? beside ?? meanings }
}

extension Phrase {
    /// Titles, columns and names.
    private var words: (english: String, chinese: String)? {
        switch self {
        // Titles
        case .statementTitle: ("Statement %1, %2", "%2对账单（第%1号）")
        case .closingTitle: ("Closing %1, %2", "%2结算书（第%1号）")
        case .flowsTitle: ("Flows of points, %1", "%1积分流向报告")
        // What a document is of
        case .alliance: ("Alliance", "联盟")
        case .merchant: ("Merchant", "商户")
        case .number: ("Number", "编号")
        case .period: ("Period", "期间")
        case .beginning: ("From", "起")
        case .end: ("To (excluded)", "止（不含）")
        case .timeZone: ("Time zone", "时区")
        case .currency: ("Currency", "货币")
        case .operatorName: ("Operator", "运营方")
        // How amounts are to be read
        case .signs:
            (
                "Positive amounts are owed to the merchant, negative ones by it.",
                "正数为联盟应付商户的金额，负数为商户应付联盟的金额。"
            )
        case .closingSigns:
            (
                """
                Positive amounts are owed to a merchant, negative ones by it; all of them and the \
                operator's add up to zero.
                """,
                "正数为应付商户的金额，负数为商户应付的金额；所有商户与运营方合计为零。"
            )
        case .balanceThen: ("Balance at the end of the period", "期末余额")
        case .owesAlliance: ("%1 owes the alliance this amount.", "%1应向联盟支付此金额。")
        case .owedByAlliance: ("The alliance owes %1 this amount.", "联盟应向%1支付此金额。")
        case .owesNothing: ("Nobody owes anything.", "双方均无应付款。")
        // Balance
        case .balance: ("Balance", "余额")
        case .opening: ("Opening", "期初")
        case .activity: ("Activity", "本期发生")
        case .payments: ("Payments", "付款")
        case .closing: ("Closing", "期末")
        // Lines
        case .lines: ("Lines", "明细")
        case .lineNumber: ("No.", "行号")
        case .line: ("Line", "项目")
        case .counterparty: ("Counterparty", "对方商户")
        case .price: ("Price a point", "每分单价")
        case .rate: ("Rate", "比率")
        case .reference: ("Reference", "参考号")
        case .points: ("Points", "积分")
        case .amount: ("Amount, %1", "金额（%1）")
        case .none: ("none", "无")
        case .meaning: ("What the lines mean", "项目说明")
        // Points
        case .pointsIssued: ("Points it issued that members hold", "其发行、由会员持有的积分")
        case .pointsOfAll: ("Points that members hold", "会员持有的积分")
        case .issued: ("Issued", "发行")
        case .reversed: ("Reversed", "收回")
        case .redeemed: ("Redeemed", "兑换")
        case .restored: ("Given back", "退还")
        case .expired: ("Expired", "过期")
        // Flows
        case .flows: ("Points spent, less those given back", "积分兑换净额")
        case .issuer: ("Issued by", "发行商户")
        case .redeemer: ("Spent at", "兑换商户")
        case .flowOwn: ("own points, spent at itself", "自发积分，在本店兑换")
        case .flowOut: ("own points, spent elsewhere", "自发积分，在他店兑换")
        case .flowIn: ("points of others, spent here", "他店积分，在本店兑换")
        case .whose: ("Whose points, where", "归属")
        case .charged: ("Issuer pays", "发行方应付")
        case .paid: ("Redeemer gets", "兑换方应收")
        case .flowNote:
            (
                """
                Net of points given back. What issuers pay here is for points that are paid for when \
                they are spent; prepaid points were paid for before.
                """,
                "已扣除退还的积分。发行方此处支付的是兑换时付款的积分；预付积分已事先付款。"
            )
        case .total: ("Total", "合计")
        // Course
        case .course: ("Course over the periods", "历期走势")
        case .courseShown: ("The last %1 of %2 periods.", "最近%1期，共%2期。")
        case .openPoints: ("Open points", "未兑积分")
        case .balanceCourse: ("Balance and activity", "余额与本期发生")
        case .owedToMerchants: ("Owed to merchants", "应付商户")
        case .owedByMerchants: ("Owed by merchants", "商户应付")
        case .operatorBalance: ("Operator's balance", "运营方余额")
        case .operatorActivity: ("Operator's activity", "运营方本期发生")
        case .operatorPayments: ("Operator's payments", "运营方付款")
        case .merchantsCourse: ("Each merchant", "各商户")
        case .balanceAt: ("Balance %1", "余额 %1")
        // Records
        case .records: ("Records it reported", "其上报的记录")
        case .recordsOfAll: ("Records of all merchants", "全部商户的记录")
        case .settled: ("Settled", "已结算")
        case .late: ("of these late", "其中迟到")
        case .pending: ("Pending", "待处理")
        case .refused: ("Refused", "已拒绝")
        case .exceptions: ("Records that did not simply settle", "未正常结算的记录")
        case .record: ("Record", "记录")
        case .type: ("Type", "类型")
        case .state: ("State", "状态")
        case .reason: ("Reason", "原因")
        case .pointsMissing: ("Points missing", "缺少积分")
        case .reasonMeaning: ("What the reasons mean", "原因说明")
        // Batches
        case .batches: ("Batches since the previous statement", "上期对账单以来收到的批次")
        case .batchesOfAll: ("Batches since the previous closing", "上期结算以来收到的批次")
        case .intake: ("What came since the previous closing", "上期结算以来的接收情况")
        case .intakeRefused: ("Records refused alone", "单独拒绝的记录")
        case .signer: ("Signed by", "签名方")
        case .batch: ("Batch", "批次")
        case .batchCount: ("Batches", "批次数")
        case .sequence: ("Sequence", "序号")
        case .recordCount: ("Records", "记录数")
        case .accepted: ("Accepted", "接受")
        case .duplicates: ("Duplicates", "重复")
        case .missing: ("Sequence numbers still missing", "仍缺的序号")
        case .digest: ("Digest", "摘要")
        // Closing
        case .positions: ("Positions", "各方头寸")
        case .journal: ("The operator's journal", "运营方日记账")
        case .account: ("Account", "账户")
        case .debit: ("Debit", "借方")
        case .credit: ("Credit", "贷方")
        case .liability: ("Open points by their last month", "按到期月份的未兑积分")
        case .funding: ("Funding", "付款方式")
        case .expires: ("Last month", "最后月份")
        case .value: ("Value", "价值")
        case .statements: ("Statements", "对账单")
        // How to check it
        case .check: ("How to check this", "如何核验")
        case .form: ("Form of the file", "文件格式")
        case .digestOf: ("Digest of %1", "%1 的摘要")
        case .signedBy: ("Signed with key", "签名密钥")
        case .sealedBy: ("Sealed with key", "印章密钥")
        case .details: ("Rows of DETAILS.csv", "DETAILS.csv 行数")
        case .previous: ("Digest of the one before", "上一份的摘要")
        case .fromSigned:
            (
                """
                %2 here was read from the signed file %1. To check it: sha256sum %1 must give \
                its digest; settled verify %1 --jwks seal.jwks checks the seal, as openssl and any JOSE \
                library can.
                """,
                """
                %2均读自已签名的文件 %1。核验方法：sha256sum %1 应得出其摘要；settled verify %1 --jwks seal.jwks \
                可核验印章，openssl 与任何 JOSE 库亦可。
                """
            )
        case .everyFigure: ("Every figure", "此处所有数字")
        case .everyOtherFigure: ("Every other figure", "此处其余数字")
        case .fromClosings:
            (
                """
                Every figure here was read from the signed CLOSING.json of each period, whose digests \
                these are; nothing but sums of them was made here.
                """,
                "此处所有数字均读自各期已签名的 CLOSING.json，以上为其摘要；此处仅作加总。"
            )
        case .courseSource:
            (
                "The course was read from the merchant's earlier statements, each signed likewise.",
                "走势读自该商户以往的对账单，均同样签名。"
            )
        // Words of the documents
        case .byMerchant: ("merchant", "商户")
        case .byOperator: ("operator", "运营方")
        case .earn: ("earn", "发放")
        case .redeem: ("redeem", "兑换")
        case .earnReversal: ("earn reversal", "撤回发放")
        case .redeemReversal: ("redeem reversal", "退还兑换")
        case .openingRecord: ("opening", "期初余额")
        case .correction: ("correction", "更正")
        case .stateSettled: ("settled", "已结算")
        case .statePending: ("pending", "待处理")
        case .stateRefused: ("refused", "已拒绝")
        case .fundingIssue: ("when issued", "发行时付款")
        case .fundingRedemption: ("when redeemed", "兑换时付款")
        case .never: ("never", "永不")
        default: nil
        }
    }
}
