//! How cells look. A colour never stands alone: the words of the cell say the same.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// What a cell says beyond its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// Nothing.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Deserves a look.
    Warn,
    /// Is missing.
    Bad,
    /// Says little: undefined, excluded.
    Quiet,
    /// The name of what stands beside it.
    Strong,
}

const TONES: [Tone; 6] = [
    Tone::Plain,
    Tone::Good,
    Tone::Warn,
    Tone::Bad,
    Tone::Quiet,
    Tone::Strong,
];

/// The formats of a workbook.
pub(super) struct Style {
    /// The name of a sheet, on top of it.
    pub(super) title: Format,
    /// What a sheet is, below its name.
    pub(super) about: Format,
    /// Heads of columns.
    pub(super) head: Format,
    /// Heads of columns that may be empty.
    pub(super) optional_head: Format,
    /// Heads of columns that only help readers.
    pub(super) help_head: Format,
    /// Cells that only help readers.
    pub(super) help: Format,
    /// Short names: kept as text even if they look like numbers.
    pub(super) short: Format,
    texts: Vec<Format>,
    numbers: Vec<Format>,
    dates: Vec<Format>,
}

impl Style {
    pub(super) fn new() -> Self {
        let head = |fill: u32, font: u32| {
            bordered()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(fill))
                .set_font_color(Color::RGB(font))
        };
        let cell = |tone: Tone| toned(tone).set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(16),
            about: Format::new()
                .set_italic()
                .set_font_color(Color::RGB(0x59_5959)),
            head: head(0x1F_3864, 0xFF_FFFF),
            optional_head: head(0x8E_A9DB, 0x00_0000),
            help_head: head(0xED_EDED, 0x59_5959).set_italic(),
            help: cell(Tone::Plain)
                .set_text_wrap()
                .set_font_color(Color::RGB(0x59_5959))
                .set_background_color(Color::RGB(0xF7_F7F7)),
            short: cell(Tone::Plain).set_text_wrap().set_num_format("@"),
            texts: TONES.map(|tone| cell(tone).set_text_wrap()).into(),
            numbers: TONES
                .map(|tone| cell(tone).set_align(FormatAlign::Center))
                .into(),
            dates: TONES
                .map(|tone| {
                    cell(tone)
                        .set_num_format("yyyy-mm-dd")
                        .set_align(FormatAlign::Center)
                })
                .into(),
        }
    }

    pub(super) fn text(&self, tone: Tone) -> &Format {
        pick(&self.texts, tone, &self.about)
    }

    pub(super) fn number(&self, tone: Tone) -> &Format {
        pick(&self.numbers, tone, &self.about)
    }

    pub(super) fn date(&self, tone: Tone) -> &Format {
        pick(&self.dates, tone, &self.about)
    }
}

fn pick<'f>(formats: &'f [Format], tone: Tone, default: &'f Format) -> &'f Format {
    let at = TONES.iter().position(|one| *one == tone);
    at.and_then(|at| formats.get(at)).unwrap_or(default)
}

fn bordered() -> Format {
    Format::new()
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0xD0_D0D0))
}

fn toned(tone: Tone) -> Format {
    let cell = bordered();
    let (fill, font) = match tone {
        Tone::Plain => return cell,
        Tone::Strong => return cell.set_bold(),
        Tone::Good => (0xE2_EFDA, 0x37_5623),
        Tone::Warn => (0xFF_F2CC, 0x7F_6000),
        Tone::Bad => (0xFC_E4D6, 0x83_3C0B),
        Tone::Quiet => (0xED_EDED, 0x59_5959),
    };
    cell.set_background_color(Color::RGB(fill))
        .set_font_color(Color::RGB(font))
}
