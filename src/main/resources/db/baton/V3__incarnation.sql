-- Which continuous history the store holds. The number is raised when the store may have gone back or forked; epochs granted
-- afterwards are greater than it, and so than all that were granted before, also those that the store has forgotten.
ALTER TABLE baton_store ADD COLUMN incarnation BIGINT NOT NULL DEFAULT 0;
-- The database that this history was last written in, and the server's timeline: another one may lack commits.
ALTER TABLE baton_store ADD COLUMN origin TEXT;
ALTER TABLE baton_store ADD COLUMN timeline TEXT NOT NULL DEFAULT '';
-- When it was last raised, by the clock of the database, and why.
ALTER TABLE baton_store ADD COLUMN raised_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE baton_store ADD COLUMN raised_cause TEXT NOT NULL DEFAULT '';
-- For a file: stands also in a file beside it, and changes every minute. A copy of the file that is put back has an old one.
ALTER TABLE baton_store ADD COLUMN seal TEXT NOT NULL DEFAULT '';
