//! What lists of many systems show, kept beside the entries so that a list need not fold them: one
//! item for each system (where it stands now) and one for each assessment (what it found). Derived;
//! the ledger makes them again whenever it moves on or a day passes.

use super::book::Book;
use super::desk::Desk;
use super::library::Library;
use super::subject::duties_read_with;
use crate::Failure;
use maturity::{Date, Found, ScopeFound};
use report::view::{Request, Verdict, View};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Item;

/// Where each system stands; its one item is called `now`.
pub const SYSTEMS: &str = "bulkhead.maturity-systems/3";
/// What each assessment found; items are named after assessments.
pub const ASSESSMENTS: &str = "bulkhead.maturity-assessments/2";
/// The item of a system in [`SYSTEMS`].
pub const NOW: &str = "now";

/// Where a system stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stands {
    /// Name of the project.
    pub project: String,
    /// Title of the project.
    pub title: String,
    /// The assessment behind it.
    pub assessment: Option<String>,
    /// Last day of its period.
    pub on: Option<Date>,
    /// The target set it is compared with.
    pub target: Option<String>,
    /// Targets met.
    pub met: usize,
    /// Targets not met.
    pub short: usize,
    /// Targets without their scope.
    pub scope_only: usize,
    /// Targets at whose scope nothing is judged.
    pub unjudged: usize,
    /// Demands of duties that bind and are not shown to be reached.
    pub duties: usize,
    /// Conflicts that nobody has decided.
    pub conflicts: usize,
    /// What was found of each practice at the scope of its target; an excluded one counts as undefined.
    pub levels: BTreeMap<String, Found>,
}

/// Every project of a ledger at a glance.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Portfolio {
    /// `bulkhead.maturity-portfolio/1`.
    pub format: &'static str,
    /// Where each system stands: the most unmet targets first.
    pub systems: Vec<Stands>,
    /// How many systems are at each level of each practice, each at the scope of its own target.
    pub practices: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Most systems whose items are made again at a time.
const STALE_MAX: u32 = 1_000;

/// Every project of a ledger, with what has become untrue made again.
///
/// # Errors
/// The ledger cannot be read.
pub fn portfolio(book: &Book, library: &Library, today: Date) -> Result<Portfolio, Failure> {
    let day = today.to_string();
    let mut after = String::new();
    loop {
        let question =
            async |ledger: &store::Ledger| ledger.stale(SYSTEMS, &day, &after, STALE_MAX).await;
        let stale = book.ask(question)?;
        let Some(last) = stale.last() else { break };
        after.clone_from(&last.system);
        for stream in &stale {
            refresh(&Desk::open(book, library, &stream.system, today)?)?;
        }
    }
    let mut systems: Vec<Stands> = Vec::new();
    let mut last: Option<(String, String)> = None;
    loop {
        let after = last.as_ref();
        let page = store::Page {
            view: SYSTEMS,
            descending: true,
            after: after.map(|(sort, system)| (sort.as_str(), system.as_str(), NOW)),
            limit: STALE_MAX,
            ..store::Page::default()
        };
        let rows = book.ask(async |ledger| ledger.page(&page).await)?;
        let Some(end) = rows.last() else { break };
        last = Some((end.sort.clone(), end.system.clone()));
        for row in rows {
            let stands = serde_json::from_str(&row.body)
                .map_err(|_| Failure::internal("a summary in the ledger is not understood"))?;
            systems.push(stands);
        }
    }
    let mut practices: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for tally in book.ask(async |ledger| ledger.tally(SYSTEMS).await)? {
        let counts = practices.entry(tally.facet).or_default();
        counts.insert(tally.value, tally.count);
    }
    Ok(Portfolio {
        format: "bulkhead.maturity-portfolio/1",
        systems,
        practices,
    })
}

/// Makes the items of a project again.
pub(super) fn refresh(desk: &Desk<'_>) -> Result<(), Failure> {
    let (project, table) = (desk.project()?, desk.table()?);
    let request = Request {
        project,
        catalog: &desk.library.catalog,
        table: &table,
        crosswalks: duties_read_with(project, desk.library),
        assessment: None,
        target: None,
        today: desk.today,
        model: desk.state.model.as_ref().map(|model| model.digest),
    };
    let Ok(view) = View::of(request) else {
        return Ok(());
    };
    let views = vec![
        store::View {
            view: SYSTEMS.to_owned(),
            system: desk.system.clone(),
            made_from: desk.state.read,
            valid_until: turning_point(&view).map(|day| day.to_string()),
            items: BTreeMap::from([(NOW.to_owned(), now(&view, desk.state.conflicts.len())?)]),
        },
        store::View {
            view: ASSESSMENTS.to_owned(),
            system: desk.system.clone(),
            made_from: desk.state.read,
            valid_until: None,
            items: assessments(&view)?,
        },
    ];
    desk.book
        .ask(async |ledger| ledger.put_views(&views).await)?;
    Ok(())
}

/// The last day on which what was found stays true: evidence expires, a duty binds, a target passes.
fn turning_point(view: &View) -> Option<Date> {
    let today = view.about.today;
    let evidence = view.evidence.iter().filter_map(|shown| shown.valid_until);
    let target = view.target.iter().map(|target| target.by);
    let ends = evidence.chain(target).filter(|day| *day >= today);
    let duties = view.obligations.iter().map(|duty| duty.in_force);
    let begins = duties.filter(|day| *day > today).filter_map(Date::before);
    ends.chain(begins).min()
}

fn now(view: &View, conflicts: usize) -> Result<Item, Failure> {
    let summary = &view.summary;
    let stands = Stands {
        project: view.about.id.clone(),
        title: view.about.title.clone(),
        assessment: view.assessment.as_ref().map(|one| one.id.clone()),
        on: view.assessment.as_ref().map(|one| one.to),
        target: view.target.as_ref().map(|target| target.id.clone()),
        met: summary.met,
        short: summary.short,
        scope_only: summary.scope_only,
        unjudged: summary.unjudged,
        duties: summary.duties.len(),
        conflicts,
        levels: (view.practices.iter())
            .map(|practice| (practice.id.clone(), practice.current))
            .collect(),
    };
    let counted = view.practices.iter().map(|practice| {
        let value = match practice.verdict {
            Verdict::Excluded => "excluded".to_owned(),
            _ => practice.current.to_string(),
        };
        (practice.id.clone(), value)
    });
    let unmet = summary.short + summary.scope_only + summary.unjudged;
    Ok(Item {
        // The most unmet targets first, when read from the last.
        sort: format!("{:04}", unmet.min(9999)),
        facets: counted.collect(),
        body: text(&stands)?,
    })
}

fn assessments(view: &View) -> Result<BTreeMap<String, Item>, Failure> {
    let item = |seen: &report::view::Seen| {
        let levels: BTreeMap<&str, &ScopeFound> = (seen.practices.iter())
            .map(|(id, levels)| (id.as_str(), levels))
            .collect();
        let item = Item {
            sort: seen.on.to_string(),
            body: text(&levels)?,
            facets: BTreeMap::new(),
        };
        Ok((seen.assessment.clone(), item))
    };
    view.history.iter().map(item).collect()
}

fn text(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|_| Failure::internal("a summary cannot be written"))
}
