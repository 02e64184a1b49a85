//! Maturity projects in the formats others use: workbook, CSV, Markdown, HTML, OSCAL.
//!
//! Principles:
//! 1. Everything that is shown comes from one [`view::View`], computed once by the engine: no face
//!    makes a level, a gap or a sum of its own.
//! 2. Every number can be followed to the answers behind it.
//! 3. Texts from outside are shown as text, wherever they go.
//! 4. What is exported can be read back without loss, or what is lost is named.

pub mod chart;
pub mod csv;
pub mod html;
pub mod imported;
pub mod markdown;
pub mod oscal;
pub mod report;
pub mod tables;
pub mod view;
pub mod workbook;
