-- Sessions that were removed: they hold, write and resume nothing any more, whatever a node remembers that was not there.
CREATE TABLE baton_removed (
    session    TEXT   ${exact} PRIMARY KEY,
    removed_at BIGINT NOT NULL
);
CREATE INDEX baton_removed_at ON baton_removed (removed_at);

-- Documents that were deleted: a name that is used again goes on with its epochs and seqs.
CREATE TABLE baton_deleted (
    name       TEXT   ${exact} PRIMARY KEY,
    epoch      BIGINT NOT NULL,
    head       BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL
);
${on_deletion}
