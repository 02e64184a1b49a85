//! The tables. One text for both databases: what differs is written in braces.
//!
//! Texts are ordered by their bytes, so that both databases agree on every order.

/// The version of the tables and of what is hashed. A later one is refused, never guessed at.
pub(crate) const FORMAT: u64 = 1;

/// Marks a SQLite file as a ledger, "BhLg".
pub(crate) const APPLICATION_ID: i64 = 0x4268_4c67;

/// `ledger` is a single row: the format, the last entry and the number of attachments. Entries and
/// attachments are the truth; `ledger_stream` is the head of each system; the rest is derived.
const TABLES: &[&str] = &[
    "CREATE TABLE ledger (
        one {int} PRIMARY KEY CHECK (one = 1),
        format {int} NOT NULL,
        seq {int} NOT NULL,
        hash {blob} NOT NULL,
        attachments {int} NOT NULL
    ){end}",
    "CREATE TABLE ledger_entry (
        seq {int} PRIMARY KEY,
        system {text} NOT NULL,
        stream {int} NOT NULL,
        at_ns {int} NOT NULL,
        author {text} NOT NULL,
        base {int} NOT NULL,
        key {text} NOT NULL,
        body {text} NOT NULL,
        prev {blob} NOT NULL,
        hash {blob} NOT NULL,
        UNIQUE (system, stream)
    ){end}",
    "CREATE TABLE ledger_stream (
        system {text} PRIMARY KEY,
        head {int} NOT NULL
    ){end keyed}",
    "CREATE TABLE ledger_attachment (
        number {int} PRIMARY KEY,
        digest {blob} NOT NULL UNIQUE,
        size {int} NOT NULL
    ){end}",
    "CREATE TABLE ledger_chunk (
        attachment {int} NOT NULL,
        part {int} NOT NULL,
        bytes {blob} NOT NULL,
        PRIMARY KEY (attachment, part)
    ){end}",
    "CREATE TABLE ledger_snapshot (
        system {text} NOT NULL,
        format {text} NOT NULL,
        stream {int} NOT NULL,
        body {text} NOT NULL,
        digest {blob} NOT NULL,
        PRIMARY KEY (system, format, stream)
    ){end}",
    "CREATE TABLE ledger_view (
        view {text} NOT NULL,
        system {text} NOT NULL,
        made_from {int} NOT NULL,
        valid_until {text} NOT NULL,
        digest {blob} NOT NULL,
        PRIMARY KEY (view, system)
    ){end keyed}",
    "CREATE TABLE ledger_item (
        view {text} NOT NULL,
        system {text} NOT NULL,
        item {text} NOT NULL,
        sort {text} NOT NULL,
        body {text} NOT NULL,
        PRIMARY KEY (view, system, item)
    ){end keyed}",
    "CREATE INDEX ledger_item_sort ON ledger_item (view, sort, system, item)",
    "CREATE INDEX ledger_item_system ON ledger_item (view, system, sort, item)",
    "CREATE TABLE ledger_facet (
        view {text} NOT NULL,
        system {text} NOT NULL,
        item {text} NOT NULL,
        facet {text} NOT NULL,
        value {text} NOT NULL,
        sort {text} NOT NULL,
        PRIMARY KEY (view, system, item, facet)
    ){end keyed}",
    "CREATE INDEX ledger_facet_sort ON ledger_facet (view, facet, value, sort, system, item)",
    "CREATE TABLE ledger_tally (
        view {text} NOT NULL,
        facet {text} NOT NULL,
        value {text} NOT NULL,
        n {int} NOT NULL CHECK (n > 0),
        PRIMARY KEY (view, facet, value)
    ){end keyed}",
];

/// The statements that make the tables in SQLite. `STRICT` keeps the types; `WITHOUT ROWID` keeps
/// rows that are found by their key in the order of that key.
pub(crate) fn sqlite() -> impl Iterator<Item = String> {
    TABLES.iter().map(|table| {
        table
            .replace("{int}", "INTEGER")
            .replace("{text}", "TEXT")
            .replace("{blob}", "BLOB")
            .replace("{end}", " STRICT")
            .replace("{end keyed}", " STRICT, WITHOUT ROWID")
    })
}

/// The statements that make the tables in PostgreSQL.
pub(crate) fn postgres() -> impl Iterator<Item = String> {
    TABLES.iter().map(|table| {
        table
            .replace("{int}", "BIGINT")
            .replace("{text}", "TEXT COLLATE \"C\"")
            .replace("{blob}", "BYTEA")
            .replace("{end}", "")
            .replace("{end keyed}", "")
    })
}
