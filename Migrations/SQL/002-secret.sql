-- What the master secret of this data is known by: the public key of the seal's first version, which is
-- published anyway. Every key of the alliance's own is derived from that secret, so another one would sign
-- receipts and statements that nobody could check. No row: data founded before this was kept.
CREATE TABLE secret_marks (
    mark INTEGER PRIMARY KEY CHECK (mark = 1),
    seal BLOB NOT NULL CHECK (length(seal) = 32)
) STRICT;
