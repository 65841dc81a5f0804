-- One alliance's settlement in one file. What is packed ends with a sum of its row, as Store/Database/RowSum
-- says. Instants are milliseconds since 1970 as UTC, dates are days since 1970-01-01, money is minor units,
-- prices, rates and shares are millionths, a period is its ordinal (0 is the alliance's first). Merchants appear
-- by a small number. No secret stands anywhere in it.
--
-- Rows written by the thousand or the million (record chunks, identity pages, holdings, settlements) bear no
-- foreign key: each would cost a second search for its parent. The transactions that write them prove what the
-- keys would: those of a close in its last one.

-- What each local date of the alliance means, as the zone was known when the alliance was founded.
CREATE TABLE zones (
    name TEXT PRIMARY KEY,
    tzif BLOB NOT NULL,
    -- SHA-256 of it, so that damage is told.
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;

-- Every version of the alliance that ever was in force; the last one is.
CREATE TABLE alliances (
    version INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    zone TEXT NOT NULL REFERENCES zones (name),
    document BLOB NOT NULL,
    -- SHA-256 of it, so that damage is told.
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE TABLE merchants (
    merchant INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT;

-- What batches may be signed with: derived HS256 keys by version, registered Ed25519 keys by public key.
-- No merchant: an operator's key. The revision rises with every change of this table.
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    algorithm TEXT NOT NULL CHECK (algorithm IN ('HS256', 'EdDSA')),
    merchant INTEGER REFERENCES merchants (merchant),
    version INTEGER CHECK (version >= 1),
    -- The version of the master secret that a derived key is derived from.
    secret INTEGER CHECK (secret >= 1),
    public_key BLOB CHECK (length(public_key) = 32),
    added INTEGER NOT NULL,
    revoked INTEGER,
    revision INTEGER NOT NULL UNIQUE,
    CHECK ((algorithm = 'HS256') = (version IS NOT NULL)),
    CHECK ((algorithm = 'HS256') = (secret IS NOT NULL)),
    CHECK ((algorithm = 'EdDSA') = (public_key IS NOT NULL))
) STRICT;

-- Batches as they arrived, with the receipts that they got.
CREATE TABLE batches (
    batch INTEGER PRIMARY KEY,
    merchant INTEGER NOT NULL REFERENCES merchants (merchant),
    signer TEXT NOT NULL CHECK (signer IN ('merchant', 'operator')),
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    strict INTEGER NOT NULL CHECK (strict IN (0, 1)),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    received INTEGER NOT NULL,
    records INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    -- Its accepted records are numbered one after the other from here on.
    first_record INTEGER NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('ndjson', 'csv')),
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL,
    receipt BLOB NOT NULL,
    receipt_signature TEXT NOT NULL,
    receipt_seal TEXT NOT NULL,
    -- Of what a statement lists of the batch and where its records are, as Store/Database/RowSum says.
    sum INTEGER NOT NULL,
    -- Empty once they are in an archive.
    bytes BLOB NOT NULL,
    UNIQUE (merchant, id),
    UNIQUE (merchant, signer, sequence),
    CHECK (records = accepted + duplicates + refused)
) STRICT;

CREATE UNIQUE INDEX batches_by_digest ON batches (digest);

-- Files that the bytes of batches were moved to. What they hold is not kept here any more.
CREATE TABLE archives (
    archive INTEGER PRIMARY KEY,
    -- SHA-256 of the file, by which it is known, and what it was called.
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    name TEXT NOT NULL,
    made INTEGER NOT NULL,
    -- The ordinal of the first period whose batches stayed.
    kept_from INTEGER NOT NULL CHECK (kept_from >= 1),
    batches INTEGER NOT NULL CHECK (batches >= 1),
    -- Of all the columns above.
    sum INTEGER NOT NULL
) STRICT;

-- The batches whose bytes are in one: in `batches` they have none.
CREATE TABLE archived_batches (
    batch INTEGER PRIMARY KEY REFERENCES batches (batch),
    archive INTEGER NOT NULL REFERENCES archives (archive),
    -- Bytes that there were.
    length INTEGER NOT NULL CHECK (length >= 1),
    -- Of all the columns above.
    sum INTEGER NOT NULL
) STRICT;

CREATE INDEX archived_batches_by_archive ON archived_batches (archive);

-- How many of a batch's accepted records settle in which period: a close finds its records by these. `sum` is that of
-- the row and of the batch's `first_record` and `accepted`.
CREATE TABLE batch_periods (
    period INTEGER NOT NULL CHECK (period >= 0),
    batch INTEGER NOT NULL REFERENCES batches (batch),
    records INTEGER NOT NULL CHECK (records >= 1),
    sum INTEGER NOT NULL,
    PRIMARY KEY (period, batch)
) STRICT, WITHOUT ROWID;

-- Records refused alone at the door. They do not take their id.
CREATE TABLE record_refusals (
    batch INTEGER NOT NULL REFERENCES batches (batch),
    line INTEGER NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (batch, line)
) STRICT, WITHOUT ROWID;

-- Accepted records in order of arrival, up to 1,024 of one batch a row, packed as Store/Intake/RecordPacking
-- says: a row a record would cost three times the bytes and ten times the work. Rows never change. A record's
-- number is its place, counted from `first` on; numbers go on from row to row without a gap.
CREATE TABLE record_chunks (
    first INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    merchant INTEGER NOT NULL,
    records INTEGER NOT NULL CHECK (records BETWEEN 1 AND 1024),
    bytes BLOB NOT NULL
) STRICT;

-- How the ids of records are found. An id is kept as 48 bits that stand for it and for its merchant; `bits` of
-- them count. The seeds differ from file to file, so that nobody can prepare ids that collide; they are no
-- secret. Seeds and bits go into the sums of whole runs too, which so tell when they were changed. A run is written
-- once `tail` records have come since the last, and `fan_out` runs of a level are merged into one of the next.
CREATE TABLE identity_form (
    form INTEGER PRIMARY KEY CHECK (form = 1),
    seed_low INTEGER NOT NULL,
    seed_high INTEGER NOT NULL,
    bits INTEGER NOT NULL CHECK (bits BETWEEN 1 AND 48),
    tail INTEGER NOT NULL CHECK (tail >= 1),
    fan_out INTEGER NOT NULL CHECK (fan_out >= 2)
) STRICT;

-- 240,000 and what one transaction may add fill half of 2^19 places in memory.
INSERT INTO identity_form VALUES (1, random(), random(), 48, 240000, 8);

-- Whole runs cover the records from the first on, each once. Ids of records behind the last run are found by
-- reading those records. A run that is not whole is a merge on its way; its records are in the runs that it
-- merges.
CREATE TABLE identity_runs (
    run INTEGER PRIMARY KEY,
    level INTEGER NOT NULL CHECK (level >= 0),
    first INTEGER NOT NULL CHECK (first >= 1),
    last INTEGER NOT NULL CHECK (last >= first),
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    -- A Bloom filter of the run, then the sum of the row and of the form that it was made by.
    filter BLOB,
    CHECK (whole = 0 OR filter IS NOT NULL)
) STRICT;

-- The pages of the runs, as Store/Intake/IdentityRun says: page P of run R is number R * 2^24 + P.
CREATE TABLE identity_pages (
    page INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- What the operator booked: payments and adjustments, in the period they belong to.
CREATE TABLE bookings (
    booking INTEGER PRIMARY KEY,
    merchant INTEGER NOT NULL REFERENCES merchants (merchant),
    reference TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'adjustment')),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    date INTEGER NOT NULL,
    reason TEXT NOT NULL,
    booked INTEGER NOT NULL,
    period INTEGER NOT NULL CHECK (period >= 0),
    -- Who booked it, or approved its draft; and who drafted it, if it was drafted.
    person TEXT NOT NULL,
    drafter TEXT,
    -- The reference of the booking that this one takes back, which at most one does.
    undoes TEXT,
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    UNIQUE (merchant, reference),
    UNIQUE (merchant, undoes),
    FOREIGN KEY (merchant, undoes) REFERENCES bookings (merchant, reference)
) STRICT;

-- Payments and adjustments that wait for another person, or waited: they count for nothing until they are booked.
CREATE TABLE drafts (
    draft INTEGER PRIMARY KEY,
    merchant INTEGER NOT NULL REFERENCES merchants (merchant),
    reference TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'adjustment')),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    date INTEGER NOT NULL,
    reason TEXT NOT NULL,
    -- The reference of the merchant's booking that it would take back.
    undoes TEXT,
    drafted INTEGER NOT NULL,
    drafter TEXT NOT NULL,
    -- The Ed25519 public key whose private half the drafter showed; none: the name was taken on trust.
    drafter_key BLOB CHECK (length(drafter_key) = 32),
    -- What became of it: it was booked, or withdrawn. Neither: it waits.
    booking INTEGER UNIQUE REFERENCES bookings (booking),
    withdrawn INTEGER,
    withdrawn_by TEXT,
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    CHECK ((withdrawn IS NULL) = (withdrawn_by IS NULL)),
    CHECK (booking IS NULL OR withdrawn IS NULL)
) STRICT;

CREATE UNIQUE INDEX drafts_waiting ON drafts (merchant, reference) WHERE booking IS NULL AND withdrawn IS NULL;

-- A booking is undone once: one draft at most waits to do so.
CREATE UNIQUE INDEX drafts_undoing ON drafts (merchant, undoes)
WHERE undoes IS NOT NULL AND booking IS NULL AND withdrawn IS NULL;

-- Payment runs: what was open at a period's close, fixed as one person saw it, and how it is evened out. No figure of a
-- statement comes of them. A period has one that was not withdrawn, at most.
CREATE TABLE payment_runs (
    run INTEGER PRIMARY KEY,
    period INTEGER NOT NULL CHECK (period >= 0),
    -- The version whose names and accounts its files bear.
    alliance INTEGER NOT NULL REFERENCES alliances (version),
    -- Of the closing whose balances it pays: `sha256:` + hex.
    closing TEXT NOT NULL,
    made INTEGER NOT NULL,
    maker TEXT NOT NULL,
    -- The Ed25519 public key whose private half the maker showed; none: the name was taken on trust.
    maker_key BLOB CHECK (length(maker_key) = 32),
    withdrawn INTEGER,
    withdrawn_by TEXT,
    -- Of all the columns above, and of how many items, files and rejections it has.
    sum INTEGER NOT NULL,
    CHECK ((withdrawn IS NULL) = (withdrawn_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX payment_runs_standing ON payment_runs (period) WHERE withdrawn IS NULL;

-- Its merchants, by id, placed 1, 2, 3 …
CREATE TABLE payment_items (
    run INTEGER NOT NULL REFERENCES payment_runs (run),
    place INTEGER NOT NULL CHECK (place >= 1),
    merchant INTEGER NOT NULL REFERENCES merchants (merchant),
    balance INTEGER NOT NULL,
    paid_since INTEGER NOT NULL,
    under_way INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('transfer', 'debit', 'by_hand', 'carried', 'settled')),
    due INTEGER NOT NULL,
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    PRIMARY KEY (run, place),
    UNIQUE (run, merchant)
) STRICT, WITHOUT ROWID;

-- The files that were made of them, as they were given out.
CREATE TABLE payment_files (
    file INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES payment_runs (run),
    -- As `pain.001.001.09`; and of which kind, as `pain.001`.
    form TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pain.001', 'pain.008', 'csv')),
    exported INTEGER NOT NULL,
    person TEXT NOT NULL,
    -- SHA-256 of it, so that damage is told.
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    bytes BLOB NOT NULL,
    -- Of all the columns above, by the digest of the last.
    sum INTEGER NOT NULL,
    UNIQUE (run, kind)
) STRICT;

-- Orders that a bank rejected, as a person said: they are given up, and what they were of is open again. A draft of it
-- counts once another person has approved it.
CREATE TABLE payment_rejections (
    rejection INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    place INTEGER NOT NULL,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    -- The Ed25519 public key whose private half the person showed; none: the name was taken on trust.
    person_key BLOB CHECK (length(person_key) = 32),
    reason TEXT NOT NULL,
    -- Whether it counts without a draft, or what became of its draft; and when, and who ended it.
    state TEXT NOT NULL CHECK (state IN ('undrafted', 'waiting', 'approved', 'withdrawn')),
    ended INTEGER,
    ended_by TEXT,
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    FOREIGN KEY (run, place) REFERENCES payment_items (run, place),
    CHECK ((ended IS NULL) = (state IN ('undrafted', 'waiting'))),
    CHECK ((ended IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX payment_rejections_standing ON payment_rejections (run, place) WHERE state <> 'withdrawn';

-- Statements of the bank that were imported, each once.
CREATE TABLE bank_files (
    file INTEGER PRIMARY KEY,
    form TEXT NOT NULL CHECK (form IN ('camt.053.001.02', 'camt.053.001.08', 'csv')),
    -- SHA-256 of its bytes, which are not kept.
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    imported INTEGER NOT NULL,
    person TEXT NOT NULL,
    -- How many lines it brought that were not known.
    lines INTEGER NOT NULL CHECK (lines >= 0),
    -- And how many closing balances it says.
    balances INTEGER NOT NULL CHECK (balances >= 0),
    -- Of all the columns above.
    sum INTEGER NOT NULL
) STRICT;

-- What statements that brought something new say that their accounts held at their end, with which the next one of an
-- account begins, and before.
CREATE TABLE bank_balances (
    balance INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES bank_files (file),
    account TEXT NOT NULL,
    closing INTEGER NOT NULL,
    opening INTEGER,
    -- Of all the columns above.
    sum INTEGER NOT NULL
) STRICT;

-- What the bank booked: entries, or the transactions that an entry lists. Each is kept once, whichever file it came in.
CREATE TABLE bank_lines (
    line INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES bank_files (file),
    -- What tells the entry from others, as SHA-256; and which of its transactions it is.
    entry BLOB NOT NULL CHECK (length(entry) = 32),
    place INTEGER NOT NULL CHECK (place >= 0),
    -- The bank's own name for it.
    reference TEXT NOT NULL,
    -- Received is positive.
    amount INTEGER NOT NULL,
    date INTEGER NOT NULL,
    end_to_end TEXT,
    ordered_group TEXT,
    account TEXT,
    creditor_reference TEXT,
    -- Why it came back, if it did.
    returned TEXT,
    name TEXT,
    text TEXT NOT NULL,
    -- Why it cannot be matched, if it cannot.
    fault TEXT,
    -- What the bank says that it charged.
    charges INTEGER CHECK (charges > 0),
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    UNIQUE (entry, place)
) STRICT;

-- What settled them: a payment that was booked or drafted for it, one that was there, or a person who said why it is of
-- no merchant. It counts as long as that very draft waits, or the booking made of it, or that booking, stands; and until a
-- person reopens the line.
CREATE TABLE bank_matches (
    match INTEGER PRIMARY KEY,
    line INTEGER NOT NULL REFERENCES bank_lines (line),
    act TEXT NOT NULL CHECK (act IN ('paid', 'returned', 'named', 'ignored', 'reopened')),
    merchant INTEGER REFERENCES merchants (merchant),
    payment TEXT,
    -- The draft or the booking that it stands on.
    draft INTEGER REFERENCES drafts (draft),
    booking INTEGER REFERENCES bookings (booking),
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    reason TEXT,
    -- What the bank charged beside it, which the operator bears.
    charges INTEGER CHECK (charges > 0),
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    CHECK (charges IS NULL OR merchant IS NOT NULL),
    CHECK ((act IN ('ignored', 'reopened')) = (merchant IS NULL)),
    CHECK ((merchant IS NULL) = (payment IS NULL)),
    CHECK ((merchant IS NULL) = (draft IS NULL AND booking IS NULL)),
    CHECK (draft IS NULL OR booking IS NULL),
    CHECK ((act IN ('ignored', 'reopened')) = (reason IS NOT NULL))
) STRICT;

-- What the bank charged beside payments, as the operator bears it: of each line as much as its matches say that count and
-- are booked. What counts no more is taken back by its opposite, in a period that is open then.
CREATE TABLE bank_charges (
    charge INTEGER PRIMARY KEY,
    line INTEGER NOT NULL REFERENCES bank_lines (line),
    merchant INTEGER NOT NULL REFERENCES merchants (merchant),
    -- The payment that it is beside.
    payment TEXT NOT NULL,
    -- Borne is positive.
    amount INTEGER NOT NULL CHECK (amount <> 0),
    date INTEGER NOT NULL,
    period INTEGER NOT NULL CHECK (period >= 0),
    booked INTEGER NOT NULL,
    person TEXT NOT NULL,
    -- Of all the columns above.
    sum INTEGER NOT NULL
) STRICT;

-- What merchants contest, numbered 1, 2, 3 …: a line of a statement, or a record. No figure comes of it: an accepted one
-- ends in an adjustment.
CREATE TABLE disputes (
    dispute INTEGER PRIMARY KEY,
    merchant INTEGER NOT NULL REFERENCES merchants (merchant),
    -- Among those of its merchant, 1, 2, 3 …: the number by which the merchant knows it.
    own_number INTEGER NOT NULL CHECK (own_number >= 1),
    period INTEGER CHECK (period >= 0),
    line INTEGER CHECK (line >= 1),
    record TEXT,
    -- Who has to see to it, and by which day, until a step says otherwise.
    owner TEXT NOT NULL,
    due INTEGER NOT NULL,
    -- Of one that the merchant opened: its own name for it, and what it said, as it signed it.
    reference TEXT,
    bytes BLOB,
    signature TEXT,
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    UNIQUE (merchant, reference),
    UNIQUE (merchant, own_number),
    CHECK ((line IS NULL) = (period IS NULL)),
    CHECK ((line IS NULL) <> (record IS NULL)),
    CHECK ((reference IS NULL) = (bytes IS NULL)),
    CHECK ((reference IS NULL) = (signature IS NULL))
) STRICT;

-- What was said and done about them, in order; the first step of each opened it.
CREATE TABLE dispute_steps (
    step INTEGER PRIMARY KEY,
    dispute INTEGER NOT NULL REFERENCES disputes (dispute),
    act TEXT NOT NULL CHECK (act IN ('opened', 'assigned', 'commented', 'accepted', 'rejected')),
    at INTEGER NOT NULL,
    -- Who did it; of one that the merchant opened, the merchant's id.
    person TEXT NOT NULL,
    text TEXT NOT NULL,
    -- The adjustment that an accepted one ended in.
    adjustment TEXT,
    -- Who has to see to it from then on, and by which day; NULL: that stays.
    owner TEXT,
    due INTEGER,
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    CHECK ((act = 'accepted') = (adjustment IS NOT NULL)),
    CHECK ((act = 'assigned') = (owner IS NOT NULL OR due IS NOT NULL))
) STRICT;

CREATE INDEX dispute_steps_by_dispute ON dispute_steps (dispute);

-- The closed periods, in order. Records of a period without a row here are open.
CREATE TABLE periods (
    period INTEGER PRIMARY KEY CHECK (period >= 0),
    id TEXT NOT NULL UNIQUE,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    forced INTEGER NOT NULL CHECK (forced IN (0, 1)),
    alliance INTEGER NOT NULL REFERENCES alliances (version),
    -- The last batch that was stored before its close began, and before that was done.
    last_batch INTEGER NOT NULL,
    finished_batch INTEGER NOT NULL CHECK (finished_batch >= last_batch),
    -- What became of the records that this close looked at; known once it is done.
    settled INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    late INTEGER NOT NULL,
    -- What its close kept, counted and added up as Store/Closing/KeptSums says.
    settlement_rows INTEGER NOT NULL,
    outcome_sum INTEGER NOT NULL,
    holders INTEGER NOT NULL,
    holdings_sum INTEGER NOT NULL,
    -- Of all batches up to `last_batch`.
    batch_sum INTEGER NOT NULL,
    -- Of all the columns above, as Store/Database/RowSum says.
    sum INTEGER NOT NULL
) STRICT;

-- A close that has begun: where in the order of arrival its period ended. What comes later belongs to later periods,
-- also if the close is interrupted, or fails and is tried again. One row, always: so one that was taken away is told.
CREATE TABLE cuts (
    row INTEGER PRIMARY KEY CHECK (row = 1),
    period INTEGER NOT NULL CHECK (period >= 0),
    at INTEGER NOT NULL,
    forced INTEGER NOT NULL CHECK (forced IN (0, 1)),
    alliance INTEGER NOT NULL REFERENCES alliances (version),
    last_batch INTEGER NOT NULL,
    last_record INTEGER NOT NULL,
    last_booking INTEGER NOT NULL,
    -- Whether a check has forbidden the close since: what is in force may then be changed for its period too.
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    -- Whether there is such a close; if not, nothing else of the row counts.
    begun INTEGER NOT NULL CHECK (begun IN (0, 1)),
    -- Of all the columns above but `row`, as Store/Database/RowSum says.
    sum INTEGER NOT NULL
) STRICT;

-- A close writes the rows of `outcomes`, `holdings` and `settlements` piece by piece while batches go on arriving. Those
-- of a period that is not among the closed ones count for nothing: their close is at work, or ended before its time,
-- and the next one takes them away.

-- What a close made of records that did not simply settle in their period: a row a record and close that looked at it.
-- Any other record of a closed period is settled. The pending ones are those of the last close.
CREATE TABLE outcomes (
    period INTEGER NOT NULL,
    record INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('settled', 'pending', 'refused')),
    code TEXT,
    -- Closes at which it stayed pending.
    attempts INTEGER NOT NULL,
    -- The points that a correction did not find.
    missing INTEGER,
    PRIMARY KEY (period, record),
    CHECK ((state = 'settled') = (code IS NULL))
) STRICT, WITHOUT ROWID;

-- What members hold: open lots and debts, packed as Store/Closing/HoldingsPacking says; a sum alone: nothing. The row
-- of the last close that changed it counts. A close reads all rows in the order of members, writes new ones for those
-- that change, and takes away those that no closed period needs any more.
CREATE TABLE holdings (
    member TEXT NOT NULL,
    period INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (member, period)
) STRICT, WITHOUT ROWID;

-- What closes made of members: their records with what became of each, every change of a lot, the lots that were
-- touched, what redemptions took from which lots. DETAILS.csv is rendered from them. Many members a row, in their
-- order, packed as Store/Closing/SettlementPacking says. Rows are appended and never change: a lot that is not
-- held stands as the last close left it that touched it, and so does a redemption. Rows by lot or by redemption
-- would be spread over all that there ever were.
CREATE TABLE settlements (
    settlement INTEGER PRIMARY KEY,
    period INTEGER NOT NULL,
    first_member TEXT NOT NULL,
    last_member TEXT NOT NULL CHECK (last_member >= first_member),
    bytes BLOB NOT NULL,
    UNIQUE (period, first_member)
) STRICT;

CREATE TABLE statements (
    statement INTEGER PRIMARY KEY,
    period INTEGER NOT NULL REFERENCES periods (period),
    merchant INTEGER NOT NULL REFERENCES merchants (merchant),
    number INTEGER NOT NULL CHECK (number >= 1),
    balance INTEGER NOT NULL,
    points INTEGER NOT NULL,
    digest TEXT NOT NULL,
    details_digest TEXT NOT NULL,
    details_rows INTEGER NOT NULL,
    document BLOB NOT NULL,
    signature TEXT NOT NULL,
    seal TEXT NOT NULL,
    UNIQUE (period, merchant),
    UNIQUE (merchant, number)
) STRICT;

CREATE TABLE closings (
    period INTEGER PRIMARY KEY REFERENCES periods (period),
    number INTEGER NOT NULL UNIQUE CHECK (number >= 1),
    digest TEXT NOT NULL,
    document BLOB NOT NULL,
    signature TEXT NOT NULL,
    seal TEXT NOT NULL
) STRICT;

-- What the operator's accounts stood at after each close; an absent one stood at zero.
CREATE TABLE journal (
    period INTEGER NOT NULL REFERENCES periods (period),
    account TEXT NOT NULL,
    closing INTEGER NOT NULL CHECK (closing <> 0),
    PRIMARY KEY (period, account)
) STRICT, WITHOUT ROWID;

-- What is taken to merchants and to the operator, numbered in the order in which it came about, and how far each has
-- got. A row is written in the transaction of what it tells of; none is ever taken away.
CREATE TABLE outbox (
    delivery INTEGER PRIMARY KEY,
    -- To whom: a merchant's number; 0 is the operator.
    recipient INTEGER NOT NULL CHECK (recipient >= 0),
    channel TEXT NOT NULL CHECK (channel IN ('folder', 'webhook')),
    -- Among those of its receiver, 1, 2, 3 …: the number by which the receiver knows it.
    own_number INTEGER NOT NULL CHECK (own_number >= 1),
    kind TEXT NOT NULL CHECK (
        kind IN ('statement', 'closing', 'receipt', 'dispute_answered', 'sequence_missing', 'exposure')),
    -- What it tells of: a period, a batch or a dispute, by its number.
    subject INTEGER NOT NULL,
    -- The merchant whose exposure it is.
    about INTEGER,
    created INTEGER NOT NULL,
    -- `gone`: the receiver wants nothing any more, and what comes behind waits until somebody says that it does.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'parked', 'gone')),
    -- Since it came about, or since somebody had it tried again.
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    -- When it is tried next; none: it is not.
    due INTEGER,
    -- When the last attempt ended, and what came of it.
    tried INTEGER,
    answer TEXT,
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    CHECK ((about IS NOT NULL) = (kind = 'exposure')),
    CHECK ((due IS NULL) = (state IN ('delivered', 'parked')))
) STRICT;

-- What has not ended, each receiver's in order.
CREATE INDEX outbox_open ON outbox (recipient, channel, delivery) WHERE due IS NOT NULL;

-- A receiver's last one.
CREATE INDEX outbox_own ON outbox (recipient, own_number);

CREATE INDEX outbox_parked ON outbox (delivery) WHERE state = 'parked';

-- The number of the last delivery that there ever was. One row, always: so last ones that were taken away are told.
CREATE TABLE outbox_head (
    row INTEGER PRIMARY KEY CHECK (row = 1),
    last INTEGER NOT NULL CHECK (last >= 0),
    -- Of it.
    sum INTEGER NOT NULL
) STRICT;

-- Every act of the operator and every batch refused whole. Holds no member's id.
CREATE TABLE audit (
    entry INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    act TEXT NOT NULL,
    merchant TEXT,
    key_id TEXT,
    digest TEXT,
    code TEXT,
    line INTEGER,
    reason TEXT,
    -- How often it happened, where it was only counted.
    times INTEGER NOT NULL DEFAULT 1 CHECK (times >= 1)
) STRICT;

-- The stuck list, which the daemon looks at every few seconds.
CREATE INDEX audit_of_failed_closes ON audit (entry) WHERE act = 'close_failed';
CREATE INDEX audit_of_bank_imports ON audit (entry) WHERE act = 'bank_import';
