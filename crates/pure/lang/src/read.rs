//! Reading a text: the order in which the constructs are read, so that every name is known before
//! it is looked up.

use crate::claims::Groups;
use crate::context::{Context, NameSpace, Written};
use crate::damage::Damage;
use crate::fault::{
    Faults, MissingSystem, MissingVersion, NotInThisVersion, Reported, SecondSystem, UnknownWord,
    UnsupportedVersion, found,
};
use crate::form::{Block, Form, Properties, arguments, is_later};
use crate::opened::Opened;
use crate::origins::Origins;
use crate::types::RustNames;
use crate::value::is_other_quote;
use kdl::{Document, Value};
use model::Model;
use source::{Diagnostic, Span, nearest};

/// What a text says.
#[derive(Clone, Debug)]
pub struct Reading {
    /// As complete as the text permits; well formed if no diagnostic is an error.
    pub model: Model,
    /// Everything found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the model's elements were written.
    pub origins: Origins,
}

const SYSTEM: Form = Form {
    usage: "system NAME { … }",
    arguments: (1, 1),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Words {
        known: &[
            "labels", "domain", "zone", "data", "type", "subject", "external", "object", "grant",
            "channel", "assume", "non-goal", "require", "platform", "deploy",
        ],
        once: &["labels"],
    },
};

/// Reads a text in the architecture language.
///
/// It never fails: what cannot be understood is reported and left out of the model. Time and memory
/// are bounded by the length of the text.
pub fn read(text: &str) -> Reading {
    let parse = kdl::parse(text);
    let mut context = Context::new(text, Faults::of_damaged(Damage::of(&parse)));
    context.document(&parse.document);
    let (model, origins) = (context.model, context.origins);
    let mut diagnostics = parse.diagnostics;
    diagnostics.extend(context.faults.finish());
    diagnostics.sort_by_key(Diagnostic::span);
    Reading {
        model,
        diagnostics,
        origins,
    }
}

impl<'a> Context<'a> {
    fn document(&mut self, document: &'a Document<'a>) {
        let mut nodes = document.nodes.iter();
        let first = document.nodes.first();
        match first.filter(|node| node.name.text == "bulkhead") {
            Some(node) => {
                nodes.next();
                if self.version(node).is_err() {
                    return;
                }
            }
            None => {
                let place = first.map_or(Span::default(), |node| node.name.span);
                let fault = found(&MissingVersion, place).edit(Span::default(), "bulkhead 1\n");
                self.faults.push(fault);
            }
        }
        let mut system: Option<&'a Written<'a>> = None;
        for node in nodes {
            match (node.name.text.as_ref(), system) {
                ("system", None) => system = Some(node),
                ("system", Some(first)) => {
                    let fault = found(&SecondSystem, node.head_span());
                    self.faults
                        .push(fault.label(first.head_span(), "the first one"));
                }
                // That it does not come first was reported.
                ("bulkhead", _) if first.is_some_and(|first| first.name.text != "bulkhead") => {}
                (word, _) => self.stray(word, node.name.span, first),
            }
        }
        match system {
            Some(node) => self.system(node),
            None => {
                let end = document
                    .nodes
                    .last()
                    .map_or(Span::default(), |node| node.head_span());
                self.report(&MissingSystem, end);
            }
        }
    }

    fn version(&mut self, node: &'a Written<'a>) -> Result<(), Reported> {
        if self.form(node, &arguments("bulkhead 1", 1, 1)).is_err() {
            return Ok(());
        }
        let entry = node.arguments().next().ok_or(Reported)?;
        let number = match &entry.value {
            Value::Number(number) => number.as_i128(),
            Value::String(_) | Value::Bool(_) | Value::Null => None,
        };
        if number == Some(1) {
            return Ok(());
        }
        let quoted = entry.value.as_str().map(str::trim);
        let quoted = quoted.map(|text| text.trim_matches(is_other_quote)) == Some("1");
        let help = match quoted {
            true => "the version is a number and stands without quotes: write `bulkhead 1`",
            false => "this tool reads version 1: write `bulkhead 1`",
        };
        let written = self.written(entry);
        let fault = match self.is_misquoted(entry) {
            true => Reported,
            false => self.report(
                &UnsupportedVersion {
                    version: written,
                    help,
                },
                entry.value_span,
            ),
        };
        // What another version means is not known.
        if quoted { Ok(()) } else { Err(fault) }
    }

    /// Reports a node beside `bulkhead` and `system`.
    fn stray(&mut self, word: &str, span: Span, first: Option<&Written<'_>>) {
        let Block::Words { known, .. } = SYSTEM.block else {
            return;
        };
        if is_later(word) {
            self.report(&NotInThisVersion { word }, span);
            return;
        }
        let misplaced_version = word == "bulkhead";
        let help = match (known.contains(&word), misplaced_version) {
            (true, _) => "move it into the block of `system`",
            (_, true) => "the language version is written once, on the first line",
            _ => {
                "only `bulkhead` and `system` stand here; everything else is in the block of `system`"
            }
        };
        let fault = found(
            &UnknownWord {
                word,
                place: "beside `system`",
                help,
            },
            span,
        );
        let near = nearest(word, ["system"]).filter(|_| first.is_some());
        self.faults.push(self.meant(fault, word, near));
    }

    fn system(&mut self, node: &'a Written<'a>) {
        // Its block is read whatever its head says.
        if self.form(node, &SYSTEM).is_ok()
            && let Ok(name) = self.new_name(node)
        {
            self.model.name = name.text.to_owned();
            self.origins = Origins::new(name.span);
        }
        let nodes = node.children();
        let of = |word: &'static str| nodes.iter().filter(move |node| node.name.text == word);
        for node in of("labels") {
            self.labels(node);
        }
        for node in of("domain") {
            self.read_domain(node);
        }
        for node in of("data") {
            self.read_class(node);
        }
        let mut rust_names = RustNames::new();
        for node in of("type") {
            self.read_type(node, &mut rust_names);
        }
        let zones: Vec<_> = of("zone")
            .filter_map(|node| Some((self.declare_zone(node)?, node)))
            .collect();
        let mut subjects = Vec::new();
        for node in nodes {
            if !matches!(node.name.text.as_ref(), "subject" | "external" | "object") {
                continue;
            }
            if let Some(id) = self.read_node(node)
                && node.name.text == "subject"
            {
                subjects.push((id, node));
            }
        }
        self.zone_parents(&zones);
        self.zone_members(&zones);
        for (id, node) in &subjects {
            self.read_subject(*id, node);
            self.mark_trusted(*id, node);
        }
        let mut opened = Opened::default();
        for node in of("grant") {
            self.read_grant(node, &mut opened);
        }
        for node in of("channel") {
            self.read_channel(node);
        }
        self.inherit_labels();
        for (id, node) in &subjects {
            self.read_trust(*id, node);
        }
        let mut names = NameSpace::new();
        for node in of("assume") {
            // What cannot be read is left out and has been reported; here and below.
            let _ = self.read_assumption(node, &mut names);
        }
        let mut names = NameSpace::new();
        for node in of("non-goal") {
            let _ = self.read_non_goal(node, &mut names);
        }
        let mut groups = Groups::of(&self.model);
        let mut names = NameSpace::new();
        for node in of("require") {
            let _ = self.read_requirement(node, &mut names, &mut groups);
        }
        self.platforms(nodes);
        self.criticalities(&subjects);
        self.remarks();
        self.unused();
    }
}
