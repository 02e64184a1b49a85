//! What cannot be, unless this tool has a fault: then nothing is answered, because an answer made up from a
//! default would be a wrong one. Whoever runs an analysis catches the panic and reports a fault of this
//! tool (exit code 70). No input leads here.

/// An invariant of this tool does not hold.
///
/// # Panics
/// Always.
#[cold]
#[track_caller]
#[expect(
    clippy::panic,
    reason = "a fault of this tool, which no answer may hide"
)]
pub fn broken(what: &str) -> ! {
    panic!("{what}")
}

/// A list with an entry for each of the numbers that are handed out for it.
pub trait Dense<T> {
    /// The entry of a number.
    ///
    /// # Panics
    /// The number was not handed out for this list.
    #[track_caller]
    fn of(&self, number: usize) -> &T;

    /// The same, to be changed.
    ///
    /// # Panics
    /// The number was not handed out for this list.
    #[track_caller]
    fn of_mut(&mut self, number: usize) -> &mut T;
}

impl<T> Dense<T> for [T] {
    fn of(&self, number: usize) -> &T {
        match self.get(number) {
            Some(entry) => entry,
            None => broken("a number that was handed out for another list"),
        }
    }

    fn of_mut(&mut self, number: usize) -> &mut T {
        match self.get_mut(number) {
            Some(entry) => entry,
            None => broken("a number that was handed out for another list"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dense;

    #[test]
    fn a_number_of_another_list_is_no_default() {
        let mut list = [1, 2];
        assert_eq!(list.of(1), &2);
        *list.of_mut(0) = 3;
        assert_eq!(list, [3, 2]);
        let asked = std::panic::catch_unwind(|| *[1, 2].of(2));
        assert!(asked.is_err());
    }
}
