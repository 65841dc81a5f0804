-- Members that were forgotten, in the order in which that was done, as they are called since. Nothing here says who they
-- were: who has a member's id and the master secret can tell its pseudonym. Without the secret, guessed ids can be tried
-- against the digests of what was signed, which stay in `batches` and `statements`. Forgetting one is what changes rows of
-- `record_chunks`, `settlements` and `holdings` that were written: they become what they would have been under the
-- pseudonym.
CREATE TABLE forgotten_members (
    number INTEGER PRIMARY KEY CHECK (number >= 1),
    pseudonym TEXT NOT NULL UNIQUE,
    -- The version of the master secret that made it.
    secret INTEGER NOT NULL CHECK (secret >= 1),
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- Of all the columns above, as Store/Database/RowSum says.
    sum INTEGER NOT NULL
) STRICT;

-- The batches of which other bytes stand now than were signed, as a forgotten member was named in them. What was signed,
-- `digest` of `batches` tells.
CREATE TABLE redacted_batches (
    batch INTEGER PRIMARY KEY REFERENCES batches (batch),
    -- SHA-256 of the bytes that stand now, in `batches` or in an archive.
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    -- The operator's notice of it, with the signature and the seal.
    notice BLOB NOT NULL,
    signature TEXT NOT NULL,
    seal TEXT NOT NULL,
    -- Of all the columns above.
    sum INTEGER NOT NULL
) STRICT;

-- The files DETAILS.csv that are rendered otherwise than their statements were signed with: `details_digest` of
-- `statements` is the signed one.
CREATE TABLE redacted_details (
    period INTEGER NOT NULL REFERENCES periods (period),
    merchant INTEGER NOT NULL REFERENCES merchants (merchant),
    -- SHA-256 of the file as it is rendered now.
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    notice BLOB NOT NULL,
    signature TEXT NOT NULL,
    seal TEXT NOT NULL,
    -- Of all the columns above.
    sum INTEGER NOT NULL,
    PRIMARY KEY (period, merchant)
) STRICT, WITHOUT ROWID;
