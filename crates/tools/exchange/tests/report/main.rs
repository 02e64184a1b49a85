//! What is shown of the worked projects: the view, charts, the HTML and the Markdown report.

mod chart;
mod data;
mod html;
mod markdown;
mod view;
