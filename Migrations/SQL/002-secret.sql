-- What each version of the master secret that was taken into use is known by: the public key of its seal, which is
-- published anyway. Every key of the alliance's own is derived from one of them, so another secret would sign receipts and
-- statements that nobody could check. No row: data founded before this was kept, which is of version 1.
CREATE TABLE secret_marks (
    version INTEGER PRIMARY KEY CHECK (version >= 1),
    seal BLOB NOT NULL CHECK (length(seal) = 32),
    -- When it was taken into use, or what the version before it signed last, if the clock stands back; of the first
    -- version 0.
    since INTEGER NOT NULL,
    -- The version of each receiver's webhook secret that was in force then, as JSON, by a merchant's id or
    -- `operator`: those above are made by this version of the master secret, or by a later one.
    webhooks TEXT NOT NULL,
    -- Of all the columns above, as Store/Database/RowSum says.
    sum INTEGER NOT NULL
) STRICT;
