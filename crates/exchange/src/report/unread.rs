//! What can be wrong with a report that is read back.

use std::fmt;

/// Why no project was found in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The bytes are not text.
    NotText,
    /// There is no data block.
    NoData,
    /// There are several data blocks.
    Several,
    /// The data block does not end.
    Cut,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotText => "the file is not UTF-8 text",
            Self::NoData => "the file holds no project",
            Self::Several => "the file holds more than one project",
            Self::Cut => "the project in the file is cut off",
        })
    }
}

impl std::error::Error for Unread {}

impl Unread {
    /// What to do next.
    pub fn help(self) -> &'static str {
        match self {
            Self::NotText | Self::NoData => {
                "give a report as it was exported; a brief holds no project"
            }
            Self::Several => "give one report at a time",
            Self::Cut => "export the report again",
        }
    }
}
