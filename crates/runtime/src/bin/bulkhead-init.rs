//! The keeper of one partition; started by `bulkhead-supervisor` only.

fn main() {
    runtime::keeper::run()
}
