//! What the model says.

use super::context::Context;
use super::table::{Cell, Look, paragraph, table};
use crate::show;
use crate::style::Style;
use app::{Exit, Failure};
use maturity::LooksBack;
use maturity::catalog::{Catalog, Indicator, Practice};
use maturity::crosswalk::Crosswalk;
use maturity::profile::Profile;

/// Shows the whole at a glance, or one part of it.
pub fn perform(context: &Context, what: Option<&str>) -> Result<Exit, Failure> {
    let library = &context.library;
    let catalog = &library.catalog;
    let machine = context.machine();
    let Some(what) = what else {
        if machine {
            show::machine(catalog);
        } else {
            show::people(&whole(catalog, &library.profiles, library.crosswalks()));
        }
        return Ok(Exit::Good);
    };
    if let Some(one) = indicator(catalog, &library.profiles, what) {
        if machine {
            show::machine(one);
        } else {
            show::people(&indicator_text(one));
        }
        return Ok(Exit::Good);
    }
    if let Some(layer) = library.profiles.iter().find(|layer| layer.id == what) {
        if machine {
            show::machine(layer);
        } else {
            show::people(&layer_text(layer));
        }
        return Ok(Exit::Good);
    }
    if let Some(set) = library.crosswalks().iter().find(|set| set.id == what) {
        if machine {
            show::machine(&set);
        } else {
            show::people(&crosswalk_text(set));
        }
        return Ok(Exit::Good);
    }
    let id = context.practice(what).map_err(|failure| {
        let help = "name a practice, an indicator such as `E1.2-3.1`, a layer or a standard: `bulkhead maturity catalog` lists them";
        Failure { help: format!("{}; {help}", failure.help), ..failure }
    })?;
    if let Some(practice) = catalog.practice(&id) {
        if machine {
            show::machine(practice);
        } else {
            show::people(&practice_text(practice, library.crosswalks()));
        }
    }
    Ok(Exit::Good)
}

fn whole(catalog: &Catalog, layers: &[Profile], crosswalks: &[Crosswalk]) -> String {
    let style = Style::stdout();
    let mut text = format!(
        "{} {} · {} indicators · sha-256 {}\n",
        style.bold(&catalog.name),
        catalog.version,
        catalog.indicators().count(),
        catalog.digest()
    );
    text.push_str(&paragraph(&catalog.notice, 0));
    text.push_str("\nLevels\n");
    for level in &catalog.levels {
        text.push_str(&paragraph(
            &format!("{} {}: {}", level.level, level.name, level.requirement),
            2,
        ));
    }
    text.push_str("\nScopes\n");
    for scope in &catalog.scopes {
        text.push_str(&paragraph(&format!("{}: {}", scope.scope, scope.means), 2));
    }
    for domain in &catalog.domains {
        text.push_str(&format!(
            "\n{} {}\n",
            style.bold(&domain.title.id),
            style.bold(&domain.title.name)
        ));
        text.push_str(&paragraph(&domain.title.aim, 2));
        for subdomain in &domain.subdomains {
            text.push_str(&format!(
                "  {} {}\n",
                subdomain.title.id, subdomain.title.name
            ));
            let own = catalog
                .practices
                .iter()
                .filter(|one| one.subdomain == subdomain.title.id);
            for practice in own {
                text.push_str(&format!(
                    "    {} {}\n",
                    style.bold(&practice.title.id),
                    practice.title.name
                ));
            }
        }
    }
    text.push_str("\nLayers\n");
    let rows: Vec<Vec<Cell>> = layers
        .iter()
        .map(|layer| {
            vec![
                Cell::from(&layer.id),
                Cell::from(format!("{}", layer.indicators.len())),
                Cell::from(layer.targets.len()),
            ]
        })
        .collect();
    text.push_str(&table(&["layer", "indicators", "targets"], &rows, style));
    text.push_str("\nCrosswalks\n");
    let rows: Vec<Vec<Cell>> = crosswalks
        .iter()
        .map(|set| {
            vec![
                Cell::from(&set.id),
                Cell::from(set.mappings.len()),
                Cell::from(format!("{} {}", set.standard, set.edition)),
            ]
        })
        .collect();
    text.push_str(&table(&["standard", "lines", "name"], &rows, style));
    text.push_str("\nsee one with `bulkhead maturity catalog NAME`\n");
    text
}

fn indicator<'c>(catalog: &'c Catalog, layers: &'c [Profile], id: &str) -> Option<&'c Indicator> {
    let own = layers.iter().flat_map(|layer| &layer.indicators);
    catalog.indicators().chain(own).find(|one| one.id == id)
}

fn indicator_text(one: &Indicator) -> String {
    let style = Style::stdout();
    let mut text = format!(
        "{} · level {} · {} scope · {} · answered by {}\n",
        style.bold(&one.id),
        one.level,
        one.scope,
        one.kind,
        one.source
    );
    text.push_str(&paragraph(&one.text, 2));
    text.push_str(&paragraph(&format!("asked: {}", one.ask), 2));
    if let Some(looks_back) = one.looks_back {
        let words = match looks_back {
            LooksBack::Covers(length) => format!("covers {length}: all of the time must be so"),
            LooksBack::Within(length) => format!("looks back {length}: one day can be enough"),
        };
        text.push_str(&paragraph(&words, 2));
    }
    for evidence in &one.evidence {
        text.push_str(&paragraph(&format!("typical evidence: {evidence}"), 2));
    }
    if let Some(check) = &one.check {
        text.push_str(&paragraph(&format!("computed by the check `{check}`"), 2));
    }
    text
}

fn practice_text(practice: &Practice, crosswalks: &[Crosswalk]) -> String {
    let style = Style::stdout();
    let mut text = format!(
        "{} {}\n",
        style.bold(&practice.title.id),
        style.bold(&practice.title.name)
    );
    if !practice.title.aliases.is_empty() {
        text.push_str(&paragraph(
            &format!("also called: {}", practice.title.aliases.join("; ")),
            2,
        ));
    }
    text.push_str(&paragraph(&practice.title.aim, 2));
    for level in &practice.levels {
        text.push_str(&format!(
            "\n{}\n",
            style.bold(&format!("Level {}", level.level))
        ));
        text.push_str(&paragraph(&level.means, 2));
        text.push_str("  to do\n");
        for task in &level.tasks {
            text.push_str(&paragraph(&format!("- {task}"), 4));
        }
        text.push_str("  shown by\n");
        for one in &level.indicators {
            text.push_str(&paragraph(
                &format!("{} ({}, {}) {}", one.id, one.kind, one.source, one.text),
                4,
            ));
        }
    }
    for example in &practice.examples {
        text.push_str(&format!(
            "\n{}\n",
            style.bold(&format!("Example, {}", example.about))
        ));
        text.push_str(&paragraph(&example.situation, 2));
        let line = format!(
            "{}: level {} {}, because {}",
            example.outcome, example.level, example.scope, example.because
        );
        text.push_str(&paragraph(&line, 2));
    }
    text.push_str(&format!(
        "\n{}\n",
        style.bold("Related requirements (our own reading)")
    ));
    for set in crosswalks {
        let own = set
            .mappings
            .iter()
            .filter(|line| line.practice == practice.title.id);
        let keys: Vec<String> = own
            .map(|line| {
                format!(
                    "{} ({} at level {})",
                    line.to.rsplit('/').next().unwrap_or(&line.to),
                    line.relation,
                    line.level
                )
            })
            .collect();
        if !keys.is_empty() {
            text.push_str(&paragraph(&format!("{}: {}", set.id, keys.join(", ")), 2));
        }
    }
    text
}

fn layer_text(layer: &Profile) -> String {
    let style = Style::stdout();
    let mut text = format!("{} version {}\n\n", style.bold(&layer.id), layer.version);
    let rows: Vec<Vec<Cell>> = layer
        .targets
        .iter()
        .map(|target| {
            vec![
                Cell::from(&target.practice),
                Cell::from(format!("{} {}", target.level, target.scope)),
                Cell::from(&target.because),
            ]
        })
        .collect();
    text.push_str(&table(&["practice", "target", "because"], &rows, style));
    text.push('\n');
    let rows: Vec<Vec<Cell>> = layer
        .indicators
        .iter()
        .map(|one| {
            vec![
                Cell::from(&one.id),
                Cell::from(one.level),
                Cell::from(one.scope),
                Cell::from(&one.text),
            ]
        })
        .collect();
    text.push_str(&table(
        &["indicator", "level", "scope", "what must be true"],
        &rows,
        style,
    ));
    text
}

fn crosswalk_text(set: &Crosswalk) -> String {
    let style = Style::stdout();
    let mut text = format!("{} {} {}\n", style.bold(&set.id), set.standard, set.edition);
    for note in &set.notes {
        text.push_str(&paragraph(note, 2));
    }
    let rows: Vec<Vec<Cell>> = set
        .mappings
        .iter()
        .map(|line| {
            vec![
                Cell::from(&line.practice),
                Cell::from(line.level),
                Cell::from(line.relation),
                Cell::from(line.to.rsplit('/').next().unwrap_or(&line.to)),
                Cell::from(line.confidence).look(Look::Dim),
                Cell::from(&line.why),
            ]
        })
        .collect();
    text.push_str("\nThe demand of this practice level is … of that requirement.\n");
    let head = [
        "practice",
        "level",
        "relation",
        "requirement",
        "confidence",
        "why",
    ];
    text.push_str(&table(&head, &rows, style));
    text
}
