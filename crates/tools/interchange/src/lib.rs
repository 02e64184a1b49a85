//! Maturity projects in the formats others use: tables, CSV, workbook, OSCAL.
//!
//! Principles:
//! 1. What is exported can be read back without loss, or what is lost is named.
//! 2. An import is complete or refused, and every fault is named with its place.
//! 3. Texts from outside stay texts, wherever they go.
//! 4. Nothing is computed here: sheets that show results are laid out from [`report::view::View`].

pub mod csv;
pub mod example;
pub mod imported;
pub mod oscal;
pub mod tables;
pub mod workbook;
