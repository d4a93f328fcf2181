-- version: 2
-- min_compatible_version: 2
--
-- Rule modules with their bytes, what was active when, and quarantine. A server
-- of before looks for the active set in rule_set_alias, which is gone: it must
-- not open this.

-- A rebuilt module that ships with the server has the name and version of the
-- one before it: only the bytes' hash is unique. `bytes` stands last, so that
-- reading the other columns never touches it.
CREATE TABLE rule_module (
  position INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  module TEXT NOT NULL,
  module_version TEXT NOT NULL,
  file TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  bytes_size INTEGER NOT NULL CHECK (bytes_size = length(bytes)),
  manifest TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE rule_set_parameter (
  rule_set TEXT NOT NULL REFERENCES rule_set (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (rule_set, name)
) STRICT, WITHOUT ROWID;

-- Sets stored before have their parameters in the canonical text alone, as
-- lines "parameter <name> <millionths>".
WITH RECURSIVE line (rule_set, text, rest) AS (
  SELECT id, '', canonical_json FROM rule_set
  UNION ALL
  SELECT rule_set,
         CASE instr(rest, char(10)) WHEN 0 THEN rest
           ELSE substr(rest, 1, instr(rest, char(10)) - 1) END,
         CASE instr(rest, char(10)) WHEN 0 THEN ''
           ELSE substr(rest, instr(rest, char(10)) + 1) END
  FROM line WHERE rest <> ''
), parameter (rule_set, pair) AS (
  SELECT rule_set, substr(text, 11) FROM line WHERE text GLOB 'parameter * *'
), split (rule_set, name, millionths) AS (
  SELECT rule_set, substr(pair, 1, instr(pair, ' ') - 1),
         CAST(substr(pair, instr(pair, ' ') + 1) AS INTEGER)
  FROM parameter
)
INSERT INTO rule_set_parameter (rule_set, name, value)
SELECT rule_set, name,
       rtrim(rtrim(printf('%s%d.%06d', CASE WHEN millionths < 0 THEN '-' ELSE ''
                                       END, abs(millionths) / 1000000,
                          abs(millionths) % 1000000), '0'), '.')
FROM split;

-- What a scope was judged by from a revision on; who did it and when stands in
-- `change`. `plan` is '' for the default; `rule_set` is '' where a plan went
-- back to following the default, `previous` also where it had done so before.
CREATE TABLE rule_set_activation (
  plan TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  rule_set TEXT NOT NULL,
  previous TEXT NOT NULL,
  PRIMARY KEY (plan, from_revision)
) STRICT, WITHOUT ROWID;

INSERT INTO rule_set_activation (plan, from_revision, rule_set, previous)
SELECT '', from_revision, rule_set,
       coalesce(lag(rule_set) OVER (ORDER BY from_revision), '')
FROM rule_set_alias WHERE alias = 'default';

INSERT INTO rule_set_activation (plan, from_revision, rule_set, previous)
SELECT id, from_revision, rule_set, previous FROM (
  SELECT id, from_revision, rule_set,
         coalesce(lag(rule_set) OVER (PARTITION BY id ORDER BY from_revision),
                  '') AS previous
  FROM plan)
WHERE rule_set <> previous;

DROP TABLE rule_set_alias;

-- A module set aside after faults, from one revision on and before another;
-- 9223372036854775807 there means that it is out now.
CREATE TABLE quarantine (
  sha256 TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  to_revision INTEGER NOT NULL,
  module TEXT NOT NULL,
  module_version TEXT NOT NULL,
  reason TEXT NOT NULL,
  message_en TEXT NOT NULL,
  message_ja TEXT NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (sha256, from_revision),
  UNIQUE (sha256, to_revision)
) STRICT, WITHOUT ROWID;

-- Judging again and again over unchanged data leaves many verdicts of one input
-- revision: with these columns the index alone says which of them counts, and
-- the last one is found without looking at the others.
DROP INDEX verdict_indicator;
CREATE INDEX verdict_indicator
  ON verdict (plan, indicator, input_revision, revision, run);
