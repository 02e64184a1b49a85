//! How a claim that does not hold can be made to hold, in the words of the model's text.

use crate::check::{Checked, Repair};
use crate::model_file::ModelFile;
use crate::names::{BREAKS, node_of};
use analysis::{PROPOSALS_MAX, Search};
use model::verdict::{Axis, Claim, Witness};
use model::{ChannelId, GrantId, NodeId, Origin, Through};
use std::collections::{HashMap, HashSet};

/// Proposals shown of those that were found.
const SHOWN_MAX: usize = 3;

/// What can be proposed for the claims of one model.
pub struct Remedies<'a> {
    file: &'a ModelFile,
    /// Assumptions that were left out.
    without: &'a [String],
    repairs: HashMap<&'a str, &'a Repair>,
    /// Where the channels and grants that repairs name were written.
    written: HashMap<String, Origin>,
}

impl<'a> Remedies<'a> {
    /// Those for a judged model.
    pub fn new(file: &'a ModelFile, checked: &'a Checked) -> Self {
        let repairs = checked.repairs.as_slice();
        let named = repairs.iter().flat_map(|own| own.remove.iter().flatten());
        let named: HashSet<String> = named.map(|name| flow_of(name).1).collect();
        let mut written = HashMap::new();
        if !named.is_empty() {
            let model = &file.model;
            let channels = model.channels.iter().enumerate();
            let channels = channels.map(|(index, own)| {
                let name = model.channel_name(ChannelId::of(index));
                (format!("channel {name}"), own.origin)
            });
            let grants = model.grants.iter().enumerate();
            let grants = grants
                .map(|(index, own)| (analysis::grant_name(model, GrantId::of(index)), own.origin));
            written.extend(
                channels
                    .chain(grants)
                    .filter(|(name, _)| named.contains(name)),
            );
        }
        Self {
            file,
            without: &checked.without,
            repairs: repairs.iter().map(|own| (own.id.as_str(), own)).collect(),
            written,
        }
    }

    /// What to do about a violated claim.
    pub fn of(&self, id: &str, claim: &Claim, witness: &Witness) -> String {
        let (Claim::Never { .. } | Claim::ClassLabel { .. }, Witness::Path { points, .. }) =
            (claim, witness)
        else {
            return match witness {
                Witness::Path { .. } => "remove flows until no such path is left",
                Witness::LabelBreak { points, others, .. } => {
                    let more = match (others.len() + 1).saturating_sub(BREAKS) {
                        0 => String::new(),
                        more => {
                            format!("; {more} more of the flows are in the answer for machines")
                        }
                    };
                    return self.label(claim, points) + &more;
                }
                Witness::Disconnected { .. } => "draw another way between the ends",
                Witness::Mismatch { .. } => "state at the port what is required",
            }
            .to_owned();
        };
        let other = match claim {
            Claim::ClassLabel { .. } => "change a label",
            _ => "remove flows until no such path is left",
        };
        let repair = self.repairs.get(id);
        let remove = match repair.map(|repair| (repair, repair.search)) {
            Some((repair, Search::Found)) => self.proposal(repair),
            Some((_, Search::NoRemoval)) => {
                return format!("{other}, or let the class originate elsewhere");
            }
            Some((_, Search::MoreThanTwo)) => {
                format!("no one or two removals are enough: {other}")
            }
            Some((_, Search::Open)) => {
                format!("what to remove was not worked out in a model of this size: {other}")
            }
            None => other.to_owned(),
        };
        let void = self.void_mediators(id);
        if !void.is_empty() {
            let (void, have) = (
                quoted(&void, " and "),
                if void.len() == 1 { "its" } else { "their" },
            );
            return format!(
                "this is judged without what {void} promises, so {have} mediation excuses nothing \
                 here; {remove}"
            );
        }
        let (note, mediation) = mediation(claim, points);
        format!("{note}{remove}; or {mediation}")
    }

    /// Mediators that the claim names as it is written, and that were left out.
    fn void_mediators(&self, id: &str) -> Vec<&str> {
        let model = &self.file.model;
        let (name, number) = id.split_once('#').unwrap_or((id, "1"));
        let own = model.requirements.iter().find(|own| own.name == name);
        let index = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let claim = own.and_then(|own| own.claims.get(index?));
        let Some((model::Claim::Never { through, .. }, _)) = claim else {
            return Vec::new();
        };
        let named: &[NodeId] = match through {
            Through::Nothing => &[],
            Through::AnyOf(list) | Through::InOrder(list) => list,
        };
        let names = named.iter().map(|id| model.node_name(*id));
        let void = |name: &&str| self.without.contains(&format!("local-policy.{name}"));
        names.filter(void).collect()
    }

    /// What to do where labels do not permit a flow.
    fn label(&self, claim: &Claim, points: &[String]) -> String {
        let other = "change a label, or let a trusted subject pass it and say what it changes";
        let ([from, to], Claim::Labels { axis }) = (points, claim) else {
            return other.to_owned();
        };
        let model = &self.file.model;
        let node = node_of(from);
        let trusted = model
            .find_node(node)
            .is_some_and(|id| model.trust(id).is_some());
        let passes = from.starts_with("in:") && to.starts_with("out:");
        if self.without.contains(&format!("local-policy.{node}")) {
            return format!(
                "this is judged without what `{node}` promises: its passes count for nothing"
            );
        }
        if !(trusted && passes && node_of(to) == node) {
            return other.to_owned();
        }
        let says = match axis {
            Axis::Secrecy => "lower=secrecy",
            Axis::Integrity => "raise=integrity",
        };
        format!("write `{says}` on this pass if `{node}` sees to that, or change a label")
    }

    /// What is enough to remove.
    fn proposal(&self, repair: &Repair) -> String {
        let shown = repair.remove.get(..SHOWN_MAX).unwrap_or(&repair.remove);
        let way = |names: &Vec<String>| {
            let names: Vec<String> = names.iter().map(|name| self.quote(name)).collect();
            names.join(" and ")
        };
        let ways: Vec<String> = shown.iter().map(way).collect();
        let least = match repair.remove.len() {
            PROPOSALS_MAX.. => "at least ",
            _ => "",
        };
        let more = match repair.remove.len() - shown.len() {
            0 => String::new(),
            1 => " (or 1 other)".to_owned(),
            more => format!(" (or {least}{more} others)"),
        };
        let mut credits = shown.iter().flatten().filter(|name| flow_of(name).0);
        let drop = match credits.next() {
            Some(_) => "; a queue gives no credit with `overflow=drop-oldest`",
            None => "",
        };
        format!(
            "it holds without {}{more}{drop}",
            ways.join(", or without ")
        )
    }

    /// A flow as the model's text draws it.
    fn quote(&self, name: &str) -> String {
        let (is_credit, flow) = flow_of(name);
        let text = self.written.get(&flow).map(|origin| {
            let head = self.file.head(self.file.origins.span(*origin));
            // `channel A -> B`, `grant A <-> B`: what follows says how, not which.
            let words = self.file.source.slice(head).split_whitespace().take(4);
            words.collect::<Vec<&str>>().join(" ")
        });
        let text = text.filter(|text| !text.is_empty()).unwrap_or(flow);
        match is_credit {
            true => format!("the credit of `{text}`"),
            false => format!("`{text}`"),
        }
    }
}

/// What to do about a claim that cannot be judged.
pub fn of_unknown(claim: &Claim) -> String {
    let way = match claim {
        Claim::Criticality { level, .. } => format!(
            "write `qualified \"{level}\"` on the platform if that is shown elsewhere, or take \
             `criticality` away"
        ),
        _ => "take the claim out, or show it by other means".to_owned(),
    };
    format!("{way}; unknown is never taken for yes")
}

/// Whether a name in a repair means a credit, and the name of what is drawn.
fn flow_of(name: &str) -> (bool, String) {
    match name.strip_prefix("credit of ") {
        Some(channel) => (true, format!("channel {channel}")),
        None => (false, name.to_owned()),
    }
}

/// How flows could stay: what else a path or the data on it can meet. A mediator that is an end of
/// the path excuses nothing there, which surprises and is said first.
fn mediation(claim: &Claim, points: &[String]) -> (String, String) {
    let end = "let a trusted subject end the class on every path";
    let Claim::Never {
        data,
        except_through,
        except_in_order,
        ..
    } = claim
    else {
        return (String::new(), end.to_owned());
    };
    let ends = [points.first(), points.last()].map(|point| point.map(|own| node_of(own)));
    let is_end = |name: &&String| ends.contains(&Some(name.as_str()));
    let (ends, between): (Vec<&String>, Vec<&String>) =
        except_through.iter().partition(|name| is_end(name));
    let in_order = except_in_order.iter().find(is_end);
    let note = match ends.first().copied().or(in_order) {
        Some(node) => format!(
            "`{node}` is an end of this path and excuses only paths on which it lies between; "
        ),
        None => String::new(),
    };
    let pass = match (between.as_slice(), except_in_order.as_slice()) {
        ([], []) => "a mediator and name it in `except-through`".to_owned(),
        (any, []) => quoted(any, " or "),
        (_, list) => quoted(list, ", then "),
    };
    let pass = format!("let every path pass {pass}");
    match data {
        Some(_) => (note, format!("{pass}; or {end}")),
        None => (note, pass),
    }
}

fn quoted<T: std::fmt::Display>(names: &[T], between: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(between)
}
