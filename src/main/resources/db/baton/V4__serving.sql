-- Which nodes act for clients on this store: those of one cluster at a time. A signature counts for valid_ms; where and as which process
-- the node runs tells a node on the same machine at once that it has ended.
ALTER TABLE baton_node ADD COLUMN valid_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE baton_node ADD COLUMN serving SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE baton_node ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE baton_node ADD COLUMN cluster TEXT NOT NULL DEFAULT '';
