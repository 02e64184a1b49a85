//! What is shown of the worked projects: the view, charts, the HTML and the Markdown report.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod chart;
mod data;
mod html;
mod markdown;
mod view;
