//! The ledger: append-only, hash-chained events in SQLite or PostgreSQL.
