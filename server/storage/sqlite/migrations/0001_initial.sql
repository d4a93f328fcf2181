-- version: 1
-- min_compatible_version: 1
--
-- Temporal tables: one row a state of a resource, true from `from_revision` on
-- and before `to_revision`; 9223372036854775807 there means that it is true
-- now. Times are UTC microseconds. Numbers of values are text as printed, so
-- that "100.0" stays "100.0". Lists of words are JSON arrays.

CREATE TABLE schema_version (
  version INTEGER PRIMARY KEY,
  min_compatible_version INTEGER NOT NULL,
  applied_time INTEGER NOT NULL
) STRICT;

CREATE TABLE store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  history TEXT NOT NULL,
  revision INTEGER NOT NULL,
  judged_through INTEGER NOT NULL CHECK (judged_through <= revision),
  commit_time INTEGER NOT NULL
) STRICT;

-- The change log ------------------------------------------------------------

CREATE TABLE change (
  revision INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  actor TEXT NOT NULL,
  claimed INTEGER NOT NULL,
  action TEXT NOT NULL,
  causes_judging INTEGER NOT NULL
) STRICT;
CREATE INDEX change_cause ON change (revision) WHERE causes_judging = 1;

CREATE TABLE change_touched (
  revision INTEGER NOT NULL REFERENCES change (revision),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  type TEXT NOT NULL,
  plan TEXT NOT NULL,
  id TEXT NOT NULL,
  observation TEXT NOT NULL,
  PRIMARY KEY (revision, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE request (
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  resource TEXT NOT NULL,
  revision INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (method, request_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_time ON request (time);

-- Plans ---------------------------------------------------------------------

CREATE TABLE plan (
  version INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  to_revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  delete_time INTEGER,
  actor TEXT NOT NULL,
  display_name TEXT NOT NULL,
  description TEXT NOT NULL,
  first_year TEXT,
  last_year TEXT,
  owner TEXT NOT NULL,
  rule_set TEXT NOT NULL,
  flag_policy TEXT NOT NULL,
  at_risk_share TEXT NOT NULL,
  manual_fields TEXT NOT NULL,
  UNIQUE (id, to_revision)
) STRICT;

CREATE TABLE plan_parameter (
  version INTEGER NOT NULL REFERENCES plan (version) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (version, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_source (
  version INTEGER PRIMARY KEY,
  plan TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  to_revision INTEGER NOT NULL,
  file TEXT NOT NULL,
  encoding TEXT NOT NULL,
  lines INTEGER NOT NULL,
  normalisations TEXT NOT NULL,
  layout TEXT NOT NULL,
  UNIQUE (plan, sha256, to_revision)
) STRICT;

-- Initiatives ---------------------------------------------------------------

CREATE TABLE initiative (
  version INTEGER PRIMARY KEY,
  plan TEXT NOT NULL,
  id TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  to_revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  delete_time INTEGER,
  actor TEXT NOT NULL,
  parent TEXT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  display_name TEXT NOT NULL,
  subtitle TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  owner TEXT NOT NULL,
  manual_fields TEXT NOT NULL,
  UNIQUE (plan, id, to_revision)
) STRICT;

CREATE TABLE initiative_parameter (
  version INTEGER NOT NULL REFERENCES initiative (version) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (version, name)
) STRICT, WITHOUT ROWID;

-- Entries in printed order; `parent` is the position of the entry above a
-- nested one, -1 at the top.
CREATE TABLE initiative_entry (
  version INTEGER NOT NULL REFERENCES initiative (version) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  type TEXT NOT NULL,
  fiscal_year TEXT,
  text TEXT NOT NULL,
  marker TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  steps TEXT NOT NULL,
  PRIMARY KEY (version, position)
) STRICT, WITHOUT ROWID;

-- Indicators ----------------------------------------------------------------

CREATE TABLE indicator (
  version INTEGER PRIMARY KEY,
  plan TEXT NOT NULL,
  id TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  to_revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  delete_time INTEGER,
  actor TEXT NOT NULL,
  display_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  quantity TEXT NOT NULL,
  direction TEXT NOT NULL,
  window_start TEXT,
  noise_band TEXT,
  owner TEXT NOT NULL,
  source TEXT NOT NULL,
  notes TEXT NOT NULL,
  publication_month INTEGER,
  publication_lag_years INTEGER,
  printed_under TEXT NOT NULL,
  manual_fields TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  UNIQUE (plan, id, to_revision)
) STRICT;

CREATE TABLE indicator_baseline (
  version INTEGER NOT NULL REFERENCES indicator (version) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  number TEXT,
  unread TEXT NOT NULL,
  unit TEXT NOT NULL,
  raw TEXT NOT NULL,
  multiplier TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  steps TEXT NOT NULL,
  period TEXT,
  effective_from TEXT,
  PRIMARY KEY (version, position)
) STRICT, WITHOUT ROWID;

-- `upper_` columns are the upper edge of a band; `has_upper` says that it is
-- one.
CREATE TABLE indicator_target (
  version INTEGER NOT NULL REFERENCES indicator (version) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  number TEXT,
  unread TEXT NOT NULL,
  unit TEXT NOT NULL,
  raw TEXT NOT NULL,
  multiplier TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  steps TEXT NOT NULL,
  has_upper INTEGER NOT NULL,
  upper_number TEXT,
  upper_unread TEXT NOT NULL,
  upper_unit TEXT NOT NULL,
  upper_raw TEXT NOT NULL,
  upper_multiplier TEXT NOT NULL,
  upper_file TEXT NOT NULL,
  upper_line INTEGER NOT NULL,
  upper_steps TEXT NOT NULL,
  period TEXT,
  every_year INTEGER NOT NULL,
  words TEXT NOT NULL,
  operator TEXT NOT NULL,
  effective_from TEXT,
  PRIMARY KEY (version, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE indicator_milestone (
  version INTEGER NOT NULL REFERENCES indicator (version) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  number TEXT,
  unread TEXT NOT NULL,
  unit TEXT NOT NULL,
  raw TEXT NOT NULL,
  multiplier TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  steps TEXT NOT NULL,
  period TEXT,
  PRIMARY KEY (version, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE indicator_link (
  version INTEGER NOT NULL REFERENCES indicator (version) ON DELETE CASCADE,
  initiative TEXT NOT NULL,
  PRIMARY KEY (version, initiative)
) STRICT, WITHOUT ROWID;

CREATE TABLE indicator_parameter (
  version INTEGER NOT NULL REFERENCES indicator (version) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (version, name)
) STRICT, WITHOUT ROWID;

-- Observations and assessments ----------------------------------------------

-- `id` is the period's, with -todate or -period for a cumulative indicator;
-- `period_index` and `period_months` order periods of all kinds.
CREATE TABLE observation (
  version INTEGER PRIMARY KEY,
  plan TEXT NOT NULL,
  indicator TEXT NOT NULL,
  id TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  to_revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  delete_time INTEGER,
  actor TEXT NOT NULL,
  period TEXT NOT NULL,
  period_index INTEGER NOT NULL,
  period_months INTEGER NOT NULL,
  basis TEXT NOT NULL,
  assumed_to_date INTEGER NOT NULL,
  number TEXT,
  unread TEXT NOT NULL,
  unit TEXT NOT NULL,
  raw TEXT NOT NULL,
  multiplier TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  steps TEXT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  source TEXT NOT NULL,
  UNIQUE (plan, indicator, id, to_revision)
) STRICT;

CREATE TABLE assessment (
  version INTEGER PRIMARY KEY,
  plan TEXT NOT NULL,
  id TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  to_revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  delete_time INTEGER,
  actor TEXT NOT NULL,
  initiative TEXT NOT NULL,
  indicator TEXT NOT NULL,
  fiscal_year TEXT,
  cause TEXT NOT NULL,
  response TEXT NOT NULL,
  comment TEXT NOT NULL,
  judgement TEXT NOT NULL,
  author TEXT NOT NULL,
  judged_on TEXT,
  UNIQUE (plan, id, to_revision)
) STRICT;

-- Rule sets and verdicts ----------------------------------------------------

CREATE TABLE rule_set (
  id TEXT PRIMARY KEY,
  canonical_json TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rule_set_module (
  rule_set TEXT NOT NULL REFERENCES rule_set (id),
  position INTEGER NOT NULL,
  module TEXT NOT NULL,
  module_version TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (rule_set, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE rule_set_alias (
  alias TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  rule_set TEXT NOT NULL REFERENCES rule_set (id),
  PRIMARY KEY (alias, from_revision)
) STRICT, WITHOUT ROWID;

-- A run of judging; its verdicts are visible from `published_revision` on.
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  published_revision INTEGER
) STRICT;

-- `run` is null for an ordinary commit. `failed` holds "module:REASON".
CREATE TABLE verdict (
  version INTEGER PRIMARY KEY,
  plan TEXT NOT NULL,
  indicator TEXT NOT NULL,
  revision INTEGER NOT NULL,
  run INTEGER REFERENCES run (id),
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  severity TEXT NOT NULL,
  module TEXT NOT NULL,
  marks TEXT NOT NULL,
  conflicting_module TEXT NOT NULL,
  failed TEXT NOT NULL,
  period TEXT,
  value TEXT,
  basis TEXT NOT NULL,
  rule_set TEXT NOT NULL,
  input_revision INTEGER NOT NULL,
  judged_time INTEGER NOT NULL,
  waiting_since INTEGER
) STRICT;
CREATE INDEX verdict_indicator ON verdict (plan, indicator, input_revision);
CREATE INDEX verdict_revision ON verdict (revision);
CREATE INDEX verdict_run ON verdict (run) WHERE run IS NOT NULL;
CREATE INDEX run_published ON run (published_revision);
