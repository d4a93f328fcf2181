-- version: 4
-- min_compatible_version: 4
--
-- Where the log of transitions begins, and what the answer to a repeated
-- request needs besides its resource. A server of before would read a log that
-- has no beginning, and write requests without a count: it must not open this.

-- How many things the request wrote, where its resource does not say it.
ALTER TABLE request ADD COLUMN count INTEGER NOT NULL DEFAULT 0;

-- Up to `position` transitions of resolved alerts may be gone; `revision` and
-- `time` are of the one there.
CREATE TABLE alert_log_start (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  position INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  time INTEGER NOT NULL
) STRICT;
INSERT INTO alert_log_start VALUES (1, 0, 0, 0);

-- By what refers to a transition, or SQLite would read all of both for each one
-- that goes.
CREATE INDEX alert_latest ON alert (position);
CREATE INDEX delivery_position ON delivery (position);

-- Lists go by the latest change, mostly of what is not resolved.
CREATE INDEX alert_unresolved_latest ON alert (position)
  WHERE state <> 'RESOLVED';
