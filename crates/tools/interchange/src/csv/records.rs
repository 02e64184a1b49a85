//! The lines of a CSV text (RFC 4180) as values. A quote that stands where it cannot be meant is an
//! error with its place: whoever guesses there changes a value or swallows the lines below it.

/// A line and where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Line of the file, from 1.
    pub(super) line: usize,
    /// The values.
    pub(super) values: Vec<String>,
}

/// A quote that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Line of the file, from 1.
    pub(super) line: usize,
    /// Column in characters, from 1.
    pub(super) column: usize,
    /// What is wrong with it.
    pub(super) what: &'static str,
    /// What to do next.
    pub(super) help: &'static str,
}

/// The lines of a text, empty ones left out; ends after an error.
pub(super) struct Records<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    separator: Option<char>,
    line: usize,
    column: usize,
    broken: bool,
}

impl<'t> Records<'t> {
    /// `line` is that of the text's beginning; without a separator each line is one value.
    pub(super) fn new(text: &'t str, line: usize, separator: Option<char>) -> Self {
        Self {
            rest: text.chars().peekable(),
            separator,
            line,
            column: 1,
            broken: false,
        }
    }

    fn next_char(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        let ends = c == '\n' || (c == '\r' && self.rest.peek() != Some(&'\n'));
        if ends {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn next_if(&mut self, is: impl Fn(char) -> bool) -> Option<char> {
        self.rest.peek().copied().filter(|c| is(*c))?;
        self.next_char()
    }

    fn broken(&self, what: &'static str, help: &'static str) -> Broken {
        Broken {
            line: self.line,
            column: self.column,
            what,
            help,
        }
    }

    /// The value that begins here, up to what ends it.
    fn value(&mut self) -> Result<String, Broken> {
        let separator = self.separator;
        let ends = |c: char| Some(c) == separator || is_line_end(c);
        let mut value = String::new();
        let open = self.broken(
            "the quote that is opened here is never closed",
            "close it, or double it if it is part of the text",
        );
        if self.next_if(|c| c == '"').is_none() {
            while let Some(c) = self.next_if(|c| !ends(c)) {
                if c == '"' && value.chars().all(|c| c == ' ') {
                    let mut at = self.broken(
                        "a quote stands behind spaces, where it is part of the text",
                        "let the quote be the first sign of its value",
                    );
                    at.column -= 1;
                    return Err(at);
                }
                value.push(c);
            }
            return Ok(value);
        }
        loop {
            match self.next_char() {
                None => return Err(open),
                Some('"') if self.next_if(|c| c == '"').is_some() => value.push('"'),
                Some('"') => break,
                Some(c) => value.push(c),
            }
        }
        match self.rest.peek() {
            Some(c) if !ends(*c) => Err(self.broken(
                "text follows a quote that closes",
                "double the quotes that are part of a text",
            )),
            _ => Ok(value),
        }
    }

    fn record(&mut self) -> Result<Record, Broken> {
        let line = self.line;
        let mut values = vec![self.value()?];
        let separator = self.separator;
        while self.next_if(|c| Some(c) == separator).is_some() {
            values.push(self.value()?);
        }
        Ok(Record { line, values })
    }
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\n')
}

impl Iterator for Records<'_> {
    type Item = Result<Record, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next_if(is_line_end).is_some() {}
        self.rest.peek().filter(|_| !self.broken)?;
        let record = self.record();
        self.broken = record.is_err();
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Lines = Vec<(usize, Vec<String>)>;

    fn read(text: &str) -> Result<Lines, (usize, usize)> {
        let all: Result<Vec<Record>, Broken> = Records::new(text, 1, Some(',')).collect();
        all.map(|all| all.into_iter().map(|one| (one.line, one.values)).collect())
            .map_err(|broken| (broken.line, broken.column))
    }

    #[test]
    fn lines_have_their_numbers() {
        let row = |line, values: &[&str]| (line, values.iter().map(ToString::to_string).collect());
        assert_eq!(
            read("a,b\r\n\r\n\"c\r\n,\"\"\",d\re,\n"),
            Ok(vec![
                row(1, &["a", "b"]),
                row(3, &["c\r\n,\"", "d"]),
                row(5, &["e", ""])
            ])
        );
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(read("5\" pipe"), Ok(vec![row(1, &["5\" pipe"])]));
    }

    #[test]
    fn quotes_that_cannot_be_meant_have_their_place() {
        for (text, place) in [
            ("a,b\nc,\"d\ne,f\n", (2, 3)),
            ("a\n\"he said \"yes\" to it\"", (2, 11)),
            ("a, \"b, c\"", (1, 4)),
            ("\"", (1, 1)),
        ] {
            assert_eq!(read(text), Err(place), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_another_writer_writes_is_read(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\r\n;ä ]{0,4}", 1..4), 0..5)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let found: Vec<Vec<String>> = read(&text).unwrap().into_iter().map(|(_, values)| values).collect();
            prop_assert_eq!(found, rows);
        }

        #[test]
        fn any_text_is_read_or_has_a_place(text in "[a,\"\r\n ]{0,12}") {
            let lines = text.matches(['\n', '\r']).count() + 1;
            match read(&text) {
                Ok(all) => prop_assert!(all.iter().all(|(line, _)| *line <= lines)),
                Err((line, _)) => prop_assert!(line <= lines),
            }
        }
    }
}
