//! The nursery, whose copies are the keepers of partitions; started by `bulkhead-supervisor` only.

fn main() {
    runtime::nursery::run(runtime::keeper::run)
}
