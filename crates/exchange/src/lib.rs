//! Maturity projects in the formats others use: workbook, CSV, Markdown, HTML, OSCAL.
