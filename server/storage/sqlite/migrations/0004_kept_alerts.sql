-- version: 4
-- min_compatible_version: 4
--
-- What the answer to a repeated request needs besides its resource. A server of
-- before would write requests without it: it must not open this.

-- How many things the request wrote, where its resource does not say it.
ALTER TABLE request ADD COLUMN count INTEGER NOT NULL DEFAULT 0;
