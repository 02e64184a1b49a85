//! What a subject links: typed ports, heartbeat, log.
