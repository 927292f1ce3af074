-- The nodes that use this store, each with when it last said so, by the clock of the database. What a node that hears
-- nothing of another one can tell from: is that one dead, or is it the link between the two?
CREATE TABLE baton_node (
    node      TEXT   ${exact} PRIMARY KEY,
    signed_at BIGINT NOT NULL
) ${often_updated};
