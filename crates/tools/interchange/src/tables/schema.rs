//! The tables and their columns: what they are called and what stands in them.

use maturity::{
    Answer, Appetite, AssessmentType, Consequence, Kind as EvidenceKind, Method, Party,
    Perspective, Scope, State, Status, Word,
};

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A short name that the row defines.
    Name,
    /// A short name that is defined elsewhere.
    Reference,
    /// A short text.
    Text,
    /// A text that may be long.
    Long,
    /// One of a few words.
    Word(fn() -> Vec<&'static str>),
    /// Some of a few words, in one cell.
    Words(fn() -> Vec<&'static str>),
    /// Several short names in one cell, separated by `;` or line breaks.
    List,
    /// A level, 0 to 4.
    Level,
    /// A day.
    Date,
    /// A whole amount of money.
    Amount,
    /// A practice: its id, its name, or a name from another edition.
    Practice,
    /// A domain or subdomain.
    Part,
    /// An indicator.
    Indicator,
    /// A SHA-256 digest.
    Digest,
    /// Repeats something for the reader; not read on import.
    Help,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its head.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// True if every row needs it.
    pub needed: bool,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column],
}

impl Sheet {
    /// The name of its CSV file.
    pub fn file_name(&self) -> String {
        format!("{}.csv", self.name.to_lowercase().replace(' ', "-"))
    }

    /// The column with that head.
    pub fn column(&self, head: &str) -> Option<&'static Column> {
        let head = normal(head);
        self.columns
            .iter()
            .find(|column| normal(column.name) == head)
    }
}

/// The table with that name.
pub fn sheet(name: &str) -> Option<&'static Sheet> {
    let name = normal(name);
    SHEETS.iter().find(|sheet| normal(sheet.name) == name)
}

/// The table that a name looks like: a copy, a name with another ending, a slip of the pen.
pub(crate) fn resembled(name: &str) -> Option<&'static Sheet> {
    const BESIDE: [&str; 14] = [
        "copy", "of", "kopie", "von", "copie", "copia", "csv", "txt", "tsv", "xlsx", "new", "old",
        "final", "backup",
    ];
    let name = name.to_lowercase();
    let words = name.split(|c: char| !c.is_alphanumeric());
    let beside = |word: &&str| {
        let number = word.bytes().all(|b| b.is_ascii_digit());
        !number && !BESIDE.contains(word)
    };
    let words: Vec<&str> = words.filter(beside).collect();
    let name = words.join(" ");
    let names = SHEETS.iter().map(|sheet| sheet.name);
    sheet(&name).or_else(|| sheet(source::nearest(&name, names)?))
}

/// The columns of a table for people, a line each: name, what it holds, whether it must be there.
pub fn described(sheet: &Sheet) -> String {
    let mut text = String::new();
    for column in sheet.columns {
        let holds = match column.kind {
            Kind::Help => continue,
            Kind::Word(words) => words().join(" | "),
            Kind::Words(words) => format!("{}, separated by `;`", words().join(" | ")),
            Kind::Name | Kind::Reference => "a short name".to_owned(),
            Kind::Text | Kind::Long => "text".to_owned(),
            Kind::List => "short names, separated by `;`".to_owned(),
            Kind::Level => "0 to 4".to_owned(),
            Kind::Date => "YYYY-MM-DD".to_owned(),
            Kind::Amount => "a whole number, digits alone".to_owned(),
            Kind::Practice => "id or name of a practice".to_owned(),
            Kind::Part => "id or name of a domain or subdomain".to_owned(),
            Kind::Indicator => "id of an indicator, e.g. `E1.2-1.1`".to_owned(),
            Kind::Digest => "64 hexadecimal digits".to_owned(),
        };
        let needed = if column.needed { " (needed)" } else { "" };
        text.push_str(&format!("  {:<12}  {holds}{needed}\n", column.name));
    }
    text
}

/// A name as it is compared: `Approved-By`, ` approved_by ` and `approved  by` are one.
pub(crate) fn normal(name: &str) -> String {
    let parted = |c: char| c.is_whitespace() || c == '-' || c == '_';
    let words: Vec<String> = name
        .split(parted)
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// The words of a vocabulary.
fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| word.as_str()).collect()
}

const fn must(name: &'static str, kind: Kind) -> Column {
    let needed = true;
    Column { name, kind, needed }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    let needed = false;
    Column { name, kind, needed }
}

const PRACTICE: Column = must("practice", Kind::Practice);
const PRACTICE_NAME: Column = may("practice name", Kind::Help);
const LEVEL: Column = must("level", Kind::Level);
const SCOPE: Column = must("scope", Kind::Word(words::<Scope>));
const BECAUSE: Column = must("because", Kind::Long);

/// The name of the table that says what the others hold.
pub const CONTENTS: &str = "Contents";
/// The column of the digests of what was approved.
pub(crate) const SEAL: &str = "content digest";

/// The table of answers, which also comes as a file of its own.
pub const ANSWERS: Sheet = Sheet {
    name: "Answers",
    about: "one answer of one assessor to one indicator",
    columns: &[
        must("assessment", Kind::Reference),
        must("indicator", Kind::Indicator),
        may("statement", Kind::Help),
        may("question", Kind::Help),
        must("answer", Kind::Word(words::<Answer>)),
        may("by", Kind::Reference),
        may("method", Kind::Word(words::<Method>)),
        may("on", Kind::Date),
        may("evidence", Kind::List),
        may("note", Kind::Long),
        may("because", Kind::Long),
        may("approved by", Kind::Reference),
        may("computed by", Kind::Reference),
        may("model", Kind::Digest),
    ],
};

/// All tables, in the order in which they are shown.
pub const SHEETS: &[Sheet] = &[
    Sheet {
        name: "Project",
        about: "the system that is assessed; one row",
        columns: &[
            must("project", Kind::Name),
            must("title", Kind::Text),
            must("boundary", Kind::Long),
            must("perspective", Kind::Word(words::<Perspective>)),
            may("appetite", Kind::Word(words::<Appetite>)),
            must("catalog", Kind::Reference),
            must("catalog version", Kind::Reference),
            may("format", Kind::Reference),
        ],
    },
    Sheet {
        name: "Notes",
        about: "what readers should know; one note in a row",
        columns: &[must("note", Kind::Long)],
    },
    Sheet {
        name: "Profiles",
        about: "layers that add indicators or targets to the catalog",
        columns: &[
            must("profile", Kind::Name),
            must("version", Kind::Reference),
        ],
    },
    Sheet {
        name: "People",
        about: "everybody who is named anywhere else",
        columns: &[
            must("person", Kind::Name),
            must("name", Kind::Text),
            may("role", Kind::Text),
        ],
    },
    Sheet {
        name: "Goals",
        about: "what the business wants",
        columns: &[must("goal", Kind::Name), must("says", Kind::Long)],
    },
    Sheet {
        name: "Concerns",
        about: "what could keep the business from its goals",
        columns: &[
            must("concern", Kind::Name),
            must("consequence", Kind::Word(words::<Consequence>)),
            must("says", Kind::Long),
            may("goals", Kind::List),
        ],
    },
    Sheet {
        name: "Touches",
        about: "a practice that matters for a concern, and why",
        columns: &[
            must("concern", Kind::Reference),
            PRACTICE,
            PRACTICE_NAME,
            SCOPE,
            may("level", Kind::Level),
            BECAUSE,
        ],
    },
    Sheet {
        name: "Obligations",
        about: "a duty from outside, with its date",
        columns: &[
            must("obligation", Kind::Name),
            must("source", Kind::Long),
            must("in force", Kind::Date),
        ],
    },
    Sheet {
        name: "Minimums",
        about: "the least that a duty demands of a practice",
        columns: &[
            must("obligation", Kind::Reference),
            PRACTICE,
            PRACTICE_NAME,
            LEVEL,
            SCOPE,
            BECAUSE,
        ],
    },
    Sheet {
        name: "Targets",
        about: "a set of targets, to be reached by a day",
        columns: &[
            must("target", Kind::Name),
            may("title", Kind::Text),
            must("by", Kind::Date),
        ],
    },
    Sheet {
        name: "Drafts",
        about: "a target for a whole domain or subdomain until its practices have their own",
        columns: &[
            must("target", Kind::Reference),
            must("part", Kind::Part),
            may("part name", Kind::Help),
            LEVEL,
            SCOPE,
            BECAUSE,
        ],
    },
    Sheet {
        name: "Practice targets",
        about: "the target of a practice, its reasons and who answers, pays and does it",
        columns: &[
            must("target", Kind::Reference),
            PRACTICE,
            PRACTICE_NAME,
            LEVEL,
            SCOPE,
            may("because", Kind::Long),
            may("concerns", Kind::List),
            may("respondent", Kind::Reference),
            may("owner", Kind::Reference),
            may("responsible", Kind::Words(words::<Party>)),
            may("override by", Kind::Reference),
            may("override on", Kind::Date),
            may("override because", Kind::Long),
        ],
    },
    Sheet {
        name: "Evidence",
        about: "something that was shown",
        columns: &[
            must("evidence", Kind::Name),
            must("title", Kind::Text),
            may("kind", Kind::Word(words::<EvidenceKind>)),
            may("location", Kind::Text),
            may("digest", Kind::Digest),
            may("dated", Kind::Date),
            may("valid until", Kind::Date),
        ],
    },
    Sheet {
        name: "Assessments",
        about: "an assessment, its period and how far it is",
        columns: &[
            must("assessment", Kind::Name),
            must("type", Kind::Word(words::<AssessmentType>)),
            must("from", Kind::Date),
            must("to", Kind::Date),
            may("boundary", Kind::Long),
            must("assessors", Kind::List),
            may("state", Kind::Word(words::<State>)),
            may("reviewed by", Kind::Reference),
            may("reviewed on", Kind::Date),
            may("approved by", Kind::Reference),
            may("approved on", Kind::Date),
            may(SEAL, Kind::Digest),
        ],
    },
    ANSWERS,
    Sheet {
        name: "Judgements",
        about: "a level judged from the table in a workshop",
        columns: &[
            must("assessment", Kind::Reference),
            PRACTICE,
            PRACTICE_NAME,
            LEVEL,
            SCOPE,
            must("by", Kind::Reference),
            must("on", Kind::Date),
            BECAUSE,
        ],
    },
    Sheet {
        name: "Actions",
        about: "something to be done, by when, and the indicators it is meant to satisfy",
        columns: &[
            must("action", Kind::Name),
            must("title", Kind::Text),
            may("closes", Kind::List),
            may("owner", Kind::Reference),
            must("due", Kind::Date),
            may("after", Kind::List),
            may("status", Kind::Word(words::<Status>)),
            may("cost least", Kind::Amount),
            may("cost most", Kind::Amount),
            may("currency", Kind::Reference),
            may("since", Kind::Date),
            may("evidence", Kind::List),
        ],
    },
    Sheet {
        name: CONTENTS,
        about: "how many rows each table had when it was written",
        columns: &[must("table", Kind::Reference), must("rows", Kind::Amount)],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_of_tables_and_columns_are_their_own() {
        let names: BTreeSet<String> = SHEETS.iter().map(|sheet| normal(sheet.name)).collect();
        assert_eq!(names.len(), SHEETS.len());
        for sheet in SHEETS {
            let names: BTreeSet<String> = sheet.columns.iter().map(|c| normal(c.name)).collect();
            assert_eq!(names.len(), sheet.columns.len(), "{}", sheet.name);
            // The limits of spreadsheet programs for names of sheets.
            assert!(sheet.name.len() <= 31 && !sheet.name.contains(['[', ']', '*', '/', ':']));
        }
    }

    #[test]
    fn names_are_compared_kindly() {
        assert_eq!(normal(" Approved-By\n"), "approved by");
        assert!(
            ANSWERS
                .column("APPROVED_BY")
                .is_some_and(|c| c.name == "approved by")
        );
        assert!(sheet("practice-targets").is_some_and(|s| s.name == "Practice targets"));
        assert!(sheet("Status").is_none());
        for name in [
            "Answers (2)",
            "answers copy.csv",
            "Kopie von Answers",
            "answers.csv.txt",
            "answers - Copy",
            "Answer",
            "answers_2.csv",
        ] {
            assert!(
                resembled(name).is_some_and(|s| s.name == "Answers"),
                "{name}"
            );
        }
        assert!(resembled("readme").is_none());
    }
}
