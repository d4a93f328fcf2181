-- version: 3
-- min_compatible_version: 3
--
-- Alerts, the log of their transitions, and who is told of them. A server of
-- before would judge without opening alerts: it must not open this.

-- One row a transition, never changed. `position` has no gaps; it is what a
-- subscription's position counts. The columns from `kind` on are the alert
-- after the transition.
CREATE TABLE alert_transition (
  position INTEGER PRIMARY KEY,
  plan TEXT NOT NULL,
  alert TEXT NOT NULL,
  seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  from_state TEXT NOT NULL,
  from_status TEXT NOT NULL,
  time INTEGER NOT NULL,
  actor TEXT NOT NULL,
  revision INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_display_name TEXT NOT NULL,
  period TEXT,
  state TEXT NOT NULL,
  resolution TEXT NOT NULL,
  severity TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  value TEXT,
  unit TEXT NOT NULL,
  owner TEXT NOT NULL,
  initiatives TEXT NOT NULL,
  rule_set TEXT NOT NULL,
  previous TEXT NOT NULL,
  escalated INTEGER NOT NULL,
  reopened INTEGER NOT NULL,
  sentence_ja TEXT NOT NULL,
  sentence_en TEXT NOT NULL,
  way_out_ja TEXT NOT NULL,
  way_out_en TEXT NOT NULL,
  acknowledge_reason TEXT NOT NULL,
  acknowledged_by TEXT NOT NULL,
  review_date TEXT NOT NULL,
  snoozed_until INTEGER,
  create_time INTEGER NOT NULL,
  UNIQUE (plan, alert, seq)
) STRICT;
CREATE INDEX alert_transition_time ON alert_transition (time);
CREATE INDEX alert_transition_revision ON alert_transition (revision);

-- What each alert is now: its last transition, and what alerts are looked for
-- by.
CREATE TABLE alert (
  plan TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  seq INTEGER NOT NULL,
  position INTEGER NOT NULL REFERENCES alert_transition (position),
  PRIMARY KEY (plan, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_subject ON alert (plan, kind, subject);
CREATE INDEX alert_unresolved ON alert (plan, kind, subject)
  WHERE state <> 'RESOLVED';
CREATE INDEX alert_aside ON alert (state)
  WHERE state IN ('ACKNOWLEDGED', 'SNOOZED');

-- Published runs whose verdicts have not all been looked at for alerts.
CREATE TABLE alert_backlog (
  run INTEGER PRIMARY KEY REFERENCES run (id),
  published INTEGER NOT NULL,
  after INTEGER NOT NULL
) STRICT;

-- Indicators of a baseline import that have not been judged since: their first
-- status opens no alert.
CREATE TABLE alert_baseline (
  plan TEXT NOT NULL,
  indicator TEXT NOT NULL,
  PRIMARY KEY (plan, indicator)
) STRICT, WITHOUT ROWID;

-- `position`: everything of the log up to here is settled, or has a row in
-- `delivery`. Durations are microseconds.
CREATE TABLE subscription (
  id TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  filter TEXT NOT NULL,
  sink TEXT NOT NULL,
  url TEXT NOT NULL,
  allow_private INTEGER NOT NULL,
  ca_pem TEXT NOT NULL,
  proxy TEXT NOT NULL,
  ack_deadline INTEGER NOT NULL,
  state TEXT NOT NULL,
  pause_reason TEXT NOT NULL,
  retry_for INTEGER NOT NULL,
  digest_over INTEGER NOT NULL,
  digest_window INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  delete_time INTEGER,
  actor TEXT NOT NULL,
  position INTEGER NOT NULL,
  -- Of the last Seek.
  seek_revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE subscription_secret (
  subscription TEXT NOT NULL REFERENCES subscription (id),
  ordinal INTEGER NOT NULL,
  secret TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  expire_time INTEGER,
  PRIMARY KEY (subscription, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
  subscription TEXT NOT NULL REFERENCES subscription (id),
  position INTEGER NOT NULL REFERENCES alert_transition (position),
  -- Of a digest: `count` transitions from `first_position` to `position`.
  first_position INTEGER NOT NULL,
  count INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  first_attempt_time INTEGER NOT NULL,
  next_attempt_time INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  PRIMARY KEY (subscription, position)
) STRICT, WITHOUT ROWID;
