"""The tables of a class's store, and the statements that write to them, for both databases.

TEXT and BIGINT only, so that what is stored is the same bytes in both. `event` is the truth; the
others are summaries of it.
"""

from undergrad.classroom.summary import Standing

STANDING = Standing._fields
_TEXT = {name: isinstance(never, str) for name, never in Standing()._asdict().items()}

TABLES = (
    "CREATE TABLE classroom (id TEXT NOT NULL, format BIGINT NOT NULL)",
    """CREATE TABLE learner (
  number BIGINT PRIMARY KEY,
  position BIGINT NOT NULL,
  head TEXT NOT NULL,
  received TEXT NOT NULL,
  unit TEXT NOT NULL,
  worked TEXT NOT NULL,
  ahead BIGINT NOT NULL,
  forgotten BIGINT NOT NULL
)""",
    """CREATE TABLE event (
  learner BIGINT NOT NULL,
  position BIGINT NOT NULL,
  uuid TEXT NOT NULL,
  received TEXT NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (learner, position),
  UNIQUE (learner, uuid)
)""",
    f"""CREATE TABLE standing (
  learner BIGINT NOT NULL,
  unit TEXT NOT NULL,
  {", ".join(f"{name} {'TEXT' if _TEXT[name] else 'BIGINT'} NOT NULL" for name in STANDING)},
  PRIMARY KEY (learner, unit)
)""",
    """CREATE TABLE mistake_day (
  day TEXT NOT NULL,
  unit TEXT NOT NULL,
  mistake TEXT NOT NULL,
  learner BIGINT NOT NULL,
  times BIGINT NOT NULL,
  PRIMARY KEY (day, unit, mistake, learner)
)""",
)
PUT_LEARNER = (
    "INSERT INTO learner (number, position, head, received, unit, worked, ahead, forgotten)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING"
)
PUT_STANDING = (
    f"INSERT INTO standing (learner, unit, {', '.join(STANDING)})"
    f" VALUES (?, ?{', ?' * len(STANDING)}) ON CONFLICT (learner, unit) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in STANDING)
)
PUT_MISTAKE = (
    "INSERT INTO mistake_day (day, unit, mistake, learner, times) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (day, unit, mistake, learner)"
    " DO UPDATE SET times = mistake_day.times + excluded.times"
)
