//! KDL texts to a catalog. A catalog may be spread over any number of texts, in any order.

use super::draft::{Draft, Place};
use super::{
    Catalog, Domain, Example, Indicator, LevelMeaning, Means, Practice, PracticeLevel,
    ScopeMeaning, Subdomain, Title, complete,
};
use crate::fault::{self, Faults, Located};
use crate::form::{Fields, Placed, level_of, only, texts, word_of};
use crate::period::{LooksBack, spoken_of};
use crate::words::{Kind, Level, Outcome, Scope, Source};
use kdl::Node;
use source::Span;
use std::collections::BTreeMap;

/// Reads a catalog from its texts. Never fails; if no finding is an error, the catalog is complete.
pub fn read(texts: &[source::Source]) -> (Catalog, Vec<Located>) {
    let mut draft = Draft {
        catalog: Catalog::default(),
        faults: Vec::new(),
        places: BTreeMap::new(),
        at: None,
    };
    for (text, source) in texts.iter().enumerate() {
        let parse = kdl::parse(&source.text);
        draft.faults.push(Faults::new(parse.diagnostics));
        let Some(faults) = draft.faults.last_mut() else {
            continue;
        };
        only(&parse.document.nodes, &["catalog", "practice"], faults);
        for node in &parse.document.nodes {
            match &*node.name.text {
                "catalog" => draft.catalog(node, text),
                "practice" => draft.practice(node, text),
                _ => {}
            }
        }
    }
    if draft.faults.is_empty() {
        draft.faults.push(Faults::default());
    }
    complete::check(&mut draft);
    draft
        .catalog
        .practices
        .sort_by(|a, b| order_of(&a.title.id).cmp(&order_of(&b.title.id)));
    let found = draft
        .faults
        .into_iter()
        .enumerate()
        .flat_map(|(text, faults)| {
            let all = faults.into_diagnostics().into_iter();
            all.map(move |diagnostic| Located { text, diagnostic })
        });
    (draft.catalog, found.collect())
}

/// Governance, enablement, hardening: the order of the model, not of the alphabet.
fn order_of(id: &str) -> (usize, &str) {
    (
        complete::DOMAINS
            .iter()
            .position(|domain| id.starts_with(domain))
            .unwrap_or(9),
        id,
    )
}

impl Draft {
    fn catalog(&mut self, node: &Node<'_>, text: usize) {
        let place = Place {
            text,
            span: node.head_span(),
        };
        if self.at.is_some() {
            let id = node
                .arguments()
                .next()
                .and_then(|entry| entry.value.as_str())
                .unwrap_or("");
            self.report(&fault::DuplicateCatalog { catalog: id }, place);
            return;
        }
        self.at = Some(place);
        let Some(faults) = self.faults.get_mut(text) else {
            return;
        };
        let mut fields = Fields::new(node, faults);
        self.catalog.id = fields.argument().text;
        self.catalog.name = fields.text("name").text;
        self.catalog.version = fields.text("version").text;
        self.catalog.licence = fields.text("licence").text;
        self.catalog.notice = fields.text("notice").text;
        let levels = fields.children("level");
        let scopes = fields.children("scope");
        let domains = fields.children("domain");
        fields.finish();
        for level in levels {
            self.catalog.levels.extend(level_meaning(level, faults));
        }
        for scope in scopes {
            self.catalog.scopes.extend(scope_meaning(scope, faults));
        }
        for node in domains {
            self.domain(node, text);
        }
    }

    fn domain(&mut self, node: &Node<'_>, text: usize) {
        let Some(faults) = self.faults.get_mut(text) else {
            return;
        };
        let mut fields = Fields::new(node, faults);
        let title = title(&mut fields);
        let levels = means(&mut fields);
        let subdomains = fields.children("subdomain");
        fields.finish();
        let subdomains: Vec<(Subdomain, Span)> = subdomains
            .into_iter()
            .map(|node| {
                let mut fields = Fields::new(node, faults);
                let subdomain = Subdomain {
                    title: self::title(&mut fields),
                    levels: means(&mut fields),
                };
                fields.finish();
                (subdomain, node.head_span())
            })
            .collect();
        self.define(
            &title.id,
            Place {
                text,
                span: node.head_span(),
            },
        );
        for (subdomain, span) in &subdomains {
            self.define(&subdomain.title.id, Place { text, span: *span });
        }
        let subdomains = subdomains
            .into_iter()
            .map(|(subdomain, _)| subdomain)
            .collect();
        self.catalog.domains.push(Domain {
            title,
            levels,
            subdomains,
        });
    }

    fn practice(&mut self, node: &Node<'_>, text: usize) {
        let Some(faults) = self.faults.get_mut(text) else {
            return;
        };
        let mut fields = Fields::new(node, faults);
        let title = title(&mut fields);
        let subdomain = fields.text("subdomain").text;
        let levels = fields.children("level");
        let examples = fields.children("example");
        fields.finish();
        let mut indicators = Vec::new();
        let levels = levels
            .into_iter()
            .filter_map(|node| level(node, &title.id, faults, &mut indicators))
            .collect();
        let examples = examples
            .into_iter()
            .filter_map(|node| example(node, faults))
            .collect();
        self.define(
            &title.id,
            Place {
                text,
                span: node.head_span(),
            },
        );
        for placed in indicators {
            self.define(
                &placed.text,
                Place {
                    text,
                    span: placed.span,
                },
            );
        }
        self.catalog.practices.push(Practice {
            title,
            subdomain,
            levels,
            examples,
        });
    }
}

fn title(fields: &mut Fields<'_, '_, '_>) -> Title {
    Title {
        id: fields.argument().text,
        name: fields.text("name").text,
        aliases: texts(fields.list("alias")),
        aim: fields.text("aim").text,
    }
}

fn level_argument(fields: &mut Fields<'_, '_, '_>) -> Option<Level> {
    let number = fields.argument();
    if number.text.is_empty() {
        None
    } else {
        level_of(&number, fields.faults)
    }
}

fn level_meaning(node: &Node<'_>, faults: &mut Faults) -> Option<LevelMeaning> {
    let mut fields = Fields::new(node, faults);
    let level = level_argument(&mut fields);
    let name = fields.text("name").text;
    let requirement = fields.text("requirement").text;
    let assurance = fields.text("assurance").text;
    fields.finish();
    Some(LevelMeaning {
        level: level?,
        name,
        requirement,
        assurance,
    })
}

fn scope_meaning(node: &Node<'_>, faults: &mut Faults) -> Option<ScopeMeaning> {
    let mut fields = Fields::new(node, faults);
    let scope = fields.argument();
    let name = fields.text("name").text;
    let means = fields.text("means").text;
    fields.finish();
    Some(ScopeMeaning {
        scope: word_of(&scope, faults)?,
        name,
        means,
    })
}

fn means(fields: &mut Fields<'_, '_, '_>) -> Vec<Means> {
    let mut all = Vec::new();
    for node in fields.children("level") {
        let mut fields = Fields::new(node, fields.faults);
        let level = level_argument(&mut fields);
        let means = fields.text("means").text;
        fields.finish();
        all.extend(level.map(|level| Means { level, means }));
    }
    all
}

fn level(
    node: &Node<'_>,
    practice: &str,
    faults: &mut Faults,
    placed: &mut Vec<Placed>,
) -> Option<PracticeLevel> {
    let mut fields = Fields::new(node, faults);
    let level = level_argument(&mut fields);
    let means = fields.text("means").text;
    let tasks = texts(fields.list("do"));
    if tasks.is_empty() {
        fields.report(&fault::MissingField { field: "do" });
    }
    let nodes = fields.children("indicator");
    fields.finish();
    let level = level?;
    let mut indicators = Vec::new();
    for node in nodes {
        let Some(indicator) = indicator(node, practice, level, Scope::General, faults) else {
            continue;
        };
        let expected = format!("{practice}-{level}.");
        let number = indicator
            .id
            .strip_prefix(&expected)
            .map(str::as_bytes)
            .unwrap_or_default();
        if number.is_empty() || !number.iter().all(u8::is_ascii_digit) {
            faults.report(
                &fault::IndicatorId {
                    indicator: &indicator.id,
                },
                node.head_span(),
            );
        }
        placed.push(Placed {
            text: indicator.id.clone(),
            span: node.head_span(),
        });
        indicators.push(indicator);
    }
    Some(PracticeLevel {
        level,
        means,
        tasks,
        indicators,
    })
}

/// An `indicator` line; also those of profiles.
pub(crate) fn indicator(
    node: &Node<'_>,
    practice: &str,
    level: Level,
    scope: Scope,
    faults: &mut Faults,
) -> Option<Indicator> {
    let mut fields = Fields::new(node, faults);
    let id = fields.argument();
    let kind: Option<Kind> = fields.word("kind");
    let covers = fields.length_opt("covers");
    let within = fields.length_opt("within");
    let text = fields.text("text").text;
    let ask = fields.text("ask").text;
    let evidence = texts(fields.list("evidence"));
    let source: Option<Source> = fields.word("source");
    let check = fields.text_opt("check").map(|check| check.text);
    let indicator = &id.text;
    if !(1..=5).contains(&evidence.len()) {
        fields.report(&fault::BadEvidenceList { indicator });
    }
    match (source, &check) {
        (Some(Source::Person), Some(_)) => fields.report(&fault::CheckSurplus { indicator }),
        (Some(Source::Architecture | Source::RunningSystem | Source::Files), None) => {
            fields.report(&fault::CheckMissing { indicator });
        }
        _ => {}
    }
    let looks_back = match (covers, within) {
        (Some(_), Some(_)) => {
            fields.report(&fault::CoversAndWithin { indicator });
            None
        }
        (covers, within) => covers
            .map(LooksBack::Covers)
            .or_else(|| within.map(LooksBack::Within)),
    };
    if let Some(spoken) = spoken_of(&text)
        && looks_back.map(LooksBack::length) != Some(spoken)
    {
        let unstated = fault::PeriodUnstated {
            indicator,
            time: &spoken.to_string(),
        };
        fields.report(&unstated);
    }
    fields.finish();
    if id.text.is_empty() {
        return None;
    }
    let (kind, source) = (kind?, source?);
    let practice = practice.to_owned();
    Some(Indicator {
        id: id.text,
        practice,
        level,
        scope,
        kind,
        looks_back,
        text,
        ask,
        evidence,
        source,
        check,
    })
}

fn example(node: &Node<'_>, faults: &mut Faults) -> Option<Example> {
    let mut fields = Fields::new(node, faults);
    let about = fields.argument();
    let about: Option<Scope> = if about.text.is_empty() {
        None
    } else {
        word_of(&about, fields.faults)
    };
    let situation = fields.text("situation").text;
    let because = fields.text("because").text;
    let mut outcomes = fields.children("outcome").into_iter();
    let outcome = outcomes.next();
    if outcome.is_none() {
        fields.report(&fault::MissingField { field: "outcome" });
    }
    if let Some(second) = outcomes.next() {
        fields.faults.report(
            &fault::DuplicateField { field: "outcome" },
            second.head_span(),
        );
    }
    fields.finish();
    let mut fields = Fields::new(outcome?, faults);
    let word = fields.argument();
    let outcome: Option<Outcome> = word_of(&word, fields.faults);
    let level = fields.level("level");
    let scope = fields.word("scope");
    fields.finish();
    let (about, outcome, level, scope) = (about?, outcome?, level?, scope?);
    Some(Example {
        about,
        situation,
        outcome,
        level,
        scope,
        because,
    })
}
