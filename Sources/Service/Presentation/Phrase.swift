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
