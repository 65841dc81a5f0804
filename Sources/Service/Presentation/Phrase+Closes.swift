extension Phrase {
    /// What previews, closings and statements say beside what is signed.
    var beside: (english: String, chinese: String)? {
        switch self {
        // Preview of a close
        case .previewTitle: ("Preview of the close of %1", "%1结算预览")
        case .previewAt: ("As of", "截至")
        case .closesFrom: ("May close from", "可结算时间")
        case .warnings: ("Warnings", "警告")
        case .warning: ("Warning", "警告")
        case .notReported: ("has not reported", "尚未上报")
        case .merchantCount: ("%1 merchants", "%1家商户")
        case .listedBelow: ("have not reported, as listed below", "尚未上报，名单见下")
        case .silentMerchants: ("Have not reported", "尚未上报的商户")
        case .sequencesMissing: ("batches missing, signed by %1: %2", "缺少批次（签名方：%1）：%2")
        case .unusual:
            (
                "unusual activity: %1; the last %2 periods had %3 on average, whichever way",
                "本期发生异常：%1；前%2期平均（不计方向）：%3"
            )
        case .wouldStayPending: ("records that would stay pending: %1", "将继续待处理的记录：%1")
        case .beyondExposure: ("exposure %1 is beyond its limit of %2", "风险敞口%1超出限额%2")
        case .change: ("Change", "变动")
        case .nothingWritten:
            (
                "This is a preview: nothing was written, and what comes until the close changes it.",
                "此为预览：未写入任何内容，结算前收到的数据会改变结果。"
            )
        // Disputes
        case .disputes: ("Open disputes", "未决争议")
        case .disputesNote:
            (
                "What the merchant contests, as it stands today; in nothing that is signed.",
                "商户目前提出的异议；不属于任何已签名的内容。"
            )
        case .disputesUnread:
            ("Disputes cannot be read: %1 is not as it was written.", "无法读取争议：%1与写入时不符。")
        case .dispute: ("Dispute", "争议")
        case .opened: ("Opened", "提出日期")
        case .due: ("Due", "处理期限")
        case .lineOf: ("line %1, %2", "%2第%1行")
        // Where a close was cut
        case .cut: ("Up to which batch it counts", "计入的最后批次")
        case .cutAfter:
            (
                """
                The close began at %1 and counts every batch that had come by then. The last of them in the \
                order of arrival is batch %2 of %3, signed by the %4, received %5: %6. What came later \
                belongs to later periods.
                """,
                """
                结算开始于%1，计入此前收到的所有批次。按到达顺序，其中最后一个是%3的批次%2，签名方：%4，\
                接收于%5：%6。此后收到的归属以后的期间。
                """
            )
        case .cutBeforeAny:
            (
                "The close began at %1, and no batch had come by then. What came later belongs to later periods.",
                "结算开始于%1，此前未收到任何批次。此后收到的归属以后的期间。"
            )
        case .cutListed: ("That batch is among those that the signed closing lists.", "该批次列于已签名的结算书。")
        case .cutEarlier:
            (
                "That batch was counted by an earlier closing: none has come since.",
                "该批次已计入以往的结算，此后未收到其他批次。"
            )
        case .cutSource:
            (
                "When the close began, and what came when, was read from the database: the signed file does not say it.",
                "结算开始及批次到达的时间读自数据库，已签名的文件中没有。"
            )
        case .cutUnread: ("This cannot be read: %1 is not as it was written.", "无法读取：%1与写入时不符。")
        // What the operator's accounts hold
        case .accountMeaning: ("What the accounts hold", "账户说明")
        case .accountReceivable: ("What that merchant owes; a minus is owed to it.", "该商户应付的款项；负数为应付该商户。")
        case .accountPool:
            (
                "What was paid for prepaid points that are still open, as a minus: it is held for them.",
                "未兑预付积分的已收款项，以负数表示：为其保留。"
            )
        case .accountMargin:
            (
                "What issuers paid for points that were spent, less what redeemers got for them, as a minus.",
                "发行方为已兑积分支付的款项减去兑换方所得，以负数表示。"
            )
        case .accountBreakage:
            ("Prepaid points that expired, less what was refunded, as a minus.", "过期的预付积分减去退款，以负数表示。")
        case .accountFees: ("Fees on redemptions and for periods, as a minus.", "兑换手续费与期间服务费，以负数表示。")
        case .accountVAT: ("VAT on fees, as a minus.", "手续费增值税，以负数表示。")
        case .accountAdjustments:
            ("Adjustments in favour of merchants, less those against them.", "有利于商户的调整减去不利于商户的调整。")
        case .accountBank: ("Payments from merchants, less those to them.", "商户付来的款项减去付给商户的款项。")
        case .accountOpening:
            (
                """
                The worth of prepaid points brought in from an earlier programme, less what of them expired or \
                was taken back.
                """,
                "由以往计划转入的预付积分的价值，减去其中过期或收回的部分。"
            )
        case .accountRounding: ("What rounding leaves between the pool and its points.", "资金池与其积分之间的舍入差额。")
        default: nil
        }
    }
}
