//! What is shown of a maturity project: one view, and the charts, HTML and Markdown made from it.
//!
//! Principles:
//! 1. Everything that is shown comes from one [`view::View`], computed once by the engine: no face
//!    makes a level, a gap or a sum of its own.
//! 2. Every number can be followed to the answers behind it.
//! 3. Texts from outside are shown as text, wherever they go.
//! 4. A report carries the project it shows, so that it can be read back from its data, never from its prose.

pub mod chart;
pub mod document;
pub mod html;
pub mod markdown;
pub mod view;
