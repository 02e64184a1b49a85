//! What can be wrong with a report that is read back.

use std::fmt;

/// Why no project was found in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The bytes are not text.
    NotText(source::NotText),
    /// There is no data block.
    NoData,
    /// There are several data blocks.
    Several,
    /// The data block does not end.
    Cut,
    /// The data are not those that were written.
    Changed,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::NotText(fault) => return fault.fmt(f),
            Self::NoData => "the file holds no project",
            Self::Several => "the file holds more than one project",
            Self::Cut => "the project in the file is cut off",
            Self::Changed => "the project in the file is not as it was exported",
        };
        f.write_str(words)
    }
}

impl std::error::Error for Unread {}

impl Unread {
    /// A stable kebab-case name.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotText(_) => "not-text",
            Self::NoData => "no-project-inside",
            Self::Several => "several-projects-inside",
            Self::Cut => "project-cut",
            Self::Changed => "project-changed",
        }
    }

    /// What to do next.
    pub fn help(self) -> &'static str {
        match self {
            Self::NotText(_) => source::NotText::HELP,
            Self::NoData => "give a report as it was exported; a brief holds no project",
            Self::Several => "give one report at a time",
            Self::Cut | Self::Changed => {
                "export the report again; a project is changed in its text, its data, a workbook or tables"
            }
        }
    }
}
