//! The zygote, whose copies are the keepers of partitions; started by `bulkhead-supervisor` only.

fn main() {
    #[cfg(feature = "faults")]
    if let Some(fault) = std::env::args().nth(1) {
        linux::faults::choose(&fault);
    }
    linux::zygote::run(linux::keeper::run)
}
