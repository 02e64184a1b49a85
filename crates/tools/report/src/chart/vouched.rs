//! Who vouches for the indicators.

use super::svg::{INK, Look, PAPER, Svg};
use super::{NAMES, WIDTH, by_domain, domain_name};
use crate::view::{View, Vouched};

const ROW: f64 = 17.0;

/// One bar for each practice, as long as it has indicators, parted by who says what of them; each
/// part has a pattern of its own and, where it fits, its number.
pub fn vouched(view: &View, id: &str) -> String {
    let domains = by_domain(view).filter(|(first, _)| *first).count() as f64;
    let bottom = 10.0 + ROW * (view.practices.len() as f64 + domains);
    let all = view.summary.vouched.counts();
    let words: Vec<String> = all
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    let about = format!("All indicators: {}.", words.join(", "));
    let title = "Who vouches for the indicators of each practice";
    let mut svg = Svg::new(id, title, &about, WIDTH, bottom + 62.0);
    let fills = fills(&mut svg);
    let most = view
        .practices
        .iter()
        .map(|practice| practice.indicators.len());
    let unit = (WIDTH - NAMES - 40.0) / most.max().unwrap_or(1).max(1) as f64;
    let mut y = 6.0;
    for (first, practice) in by_domain(view) {
        if first {
            let name = domain_name(view, &practice.domain);
            svg.text(0.0, y + 12.0, Look::PLAIN.bold(), name);
            y += ROW;
        }
        svg.text(8.0, y + 12.5, Look::QUIET, &practice.id);
        svg.text(38.0, y + 12.5, Look::PLAIN, &practice.name);
        let end = stack(&mut svg, &practice.vouched, &fills, y, unit);
        let total = practice.indicators.len().to_string();
        svg.text(end + 6.0, y + 12.5, Look::QUIET, &total);
        y += ROW;
    }
    legend(&mut svg, &fills, bottom);
    svg.finish()
}

/// A filling for each of the counts, with the colour of a number on it.
fn fills(svg: &mut Svg) -> [(String, &'static str); 7] {
    svg.open("defs", &[]);
    svg.hatch("judged", "#4f81ad", "#dbe7f1", 45, 5.0);
    svg.hatch("computed", "#c3d7e8", "#4f81ad", 90, 5.0);
    svg.hatch("beyond", PAPER, "#d9dee3", 45, 5.0);
    svg.hatch("not", "#f3d9c4", "#b45309", -45, 5.0);
    svg.close("defs");
    let named = |name: &str| format!("url(#{})", svg.name(name));
    [
        ("#1f4e79".to_owned(), PAPER),
        (named("judged"), INK),
        (named("computed"), INK),
        (named("not"), INK),
        (PAPER.to_owned(), INK),
        ("#d9dee3".to_owned(), INK),
        (named("beyond"), INK),
    ]
}

fn stack(
    svg: &mut Svg,
    vouched: &Vouched,
    fills: &[(String, &'static str); 7],
    y: f64,
    unit: f64,
) -> f64 {
    let mut x = NAMES;
    for ((_, count), (fill, ink)) in vouched.counts().into_iter().zip(fills) {
        if count == 0 {
            continue;
        }
        let width = count as f64 * unit;
        svg.rect((x, y + 2.0), (width, ROW - 4.0), fill, INK);
        if fill.starts_with("url") {
            let label = 5.0 + 6.0 * count.to_string().len() as f64;
            let at = (x + width / 2.0 - label / 2.0, y + 3.5);
            svg.rect(at, (label, ROW - 7.0), PAPER, "none");
        }
        let look = Look::PLAIN.middle().fill(ink).size(9.5);
        svg.text(x + width / 2.0, y + 12.0, look, &count.to_string());
        x += width;
    }
    x
}

fn legend(svg: &mut Svg, fills: &[(String, &'static str); 7], bottom: f64) {
    let labels = Vouched::LABELS;
    for (at, (label, (fill, _))) in labels.into_iter().zip(fills).enumerate() {
        let (column, row) = (at % 3, at / 3);
        let x = NAMES + 140.0 * column as f64;
        let y = bottom + 14.0 + 16.0 * row as f64;
        svg.rect((x, y - 9.0), (18.0, 10.0), fill, INK);
        svg.text(x + 23.0, y, Look::QUIET, label);
    }
}
