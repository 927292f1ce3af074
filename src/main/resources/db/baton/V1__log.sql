-- One schema for SQLite and PostgreSQL; the few words in which they differ are filled in as placeholders.

-- What makes this store this store: one row.
CREATE TABLE baton_store (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    id         TEXT    NOT NULL,
    -- Written by a node that finds out whether the store takes writes again.
    probed_at  BIGINT  NOT NULL
);

-- Where each document stands. This row is the gate of everything that is written to the document.
CREATE TABLE baton_document (
    num            ${identity},
    name           TEXT   ${exact} NOT NULL UNIQUE,
    epoch          BIGINT NOT NULL DEFAULT 0,
    head           BIGINT NOT NULL DEFAULT 0,
    holder         TEXT   ${exact},
    holder_user    TEXT,
    holder_keep    TEXT,
    -- The newest entry of kind "rights": the answer to a claim or a vacating that is repeated.
    rights_seq     BIGINT NOT NULL DEFAULT 0,
    rights_session TEXT,
    rights_author  TEXT,
    rights_at      BIGINT,
    rights_data    TEXT,
    snapshot_seq   BIGINT NOT NULL DEFAULT 0,
    -- Entries up to floor_seq have lost their data, and answer only for their operation ids; those up to swept_seq are gone.
    floor_seq      BIGINT NOT NULL DEFAULT 0,
    swept_seq      BIGINT NOT NULL DEFAULT 0
) ${often_updated};

CREATE INDEX baton_document_holder ON baton_document (holder) WHERE holder IS NOT NULL;
CREATE INDEX baton_document_behind ON baton_document (num) WHERE snapshot_seq > swept_seq;

CREATE TABLE baton_entry (
    document    BIGINT   NOT NULL,
    seq         BIGINT   NOT NULL,
    kind        SMALLINT NOT NULL,
    epoch       BIGINT   NOT NULL,
    session     TEXT     ${exact} NOT NULL,
    author      TEXT     NOT NULL,
    -- The writer's operation id and what was written under it; neither for entries of kind "rights".
    operation   TEXT     ${exact},
    fingerprint TEXT,
    written_at  BIGINT   NOT NULL,
    data        TEXT     NOT NULL,
    PRIMARY KEY (document, seq)
);

-- By an expression, so that no search by document is served by this index, nor one by operation by the primary key: whichever
-- looked cheaper while a table was small would be read from end to end when it has grown.
CREATE UNIQUE INDEX baton_entry_operation ON baton_entry (session, operation, (document + 0)) WHERE operation IS NOT NULL;

CREATE TABLE baton_snapshot (
    document   BIGINT PRIMARY KEY,
    seq        BIGINT NOT NULL,
    epoch      BIGINT NOT NULL,
    session    TEXT   NOT NULL,
    written_at BIGINT NOT NULL,
    data       TEXT   NOT NULL
);
