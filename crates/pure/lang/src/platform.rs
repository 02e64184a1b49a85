//! `platform` and `deploy`.

use crate::context::{Context, NameSpace, Word, Written};
use crate::fault::{
    DuplicateName, MissingArgument, MissingDeploy, NotDeployed, NotInThisVersion, Reported,
    SecondDeployment, UnknownName, UnqualifiedCriticality, found,
};
use crate::form::{Block, Form, MANY, Properties, arguments};
use crate::names::Wanted;
use model::{Deployment, NodeId, Origin, Platform, Strength};
use std::collections::{BTreeMap, BTreeSet};

const PLATFORM: Form = Form {
    usage: "platform NAME [{ cores 2; memory \"1GiB\"; device NAME dma=#true; enforce memory=hard; qualified SIL2 }]",
    arguments: (1, 1),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Words {
        known: &["cores", "memory", "device", "enforce", "qualified"],
        once: &["cores", "memory", "enforce", "qualified"],
    },
};
const DEVICE: Form = Form {
    usage: "device NAME [dma=#true|#false]",
    arguments: (1, 1),
    properties: Properties::Known(&["dma"]),
    required: &[],
    block: Block::None,
};
const ENFORCE: Form = Form {
    usage: "enforce [memory=best|hard] [processor=best|hard]",
    arguments: (0, 0),
    properties: Properties::Known(&["memory", "processor"]),
    required: &[],
    block: Block::None,
};
const DEPLOY: Form = Form {
    usage: "deploy PLATFORM { all }` or `deploy PLATFORM { SUBJECT … }",
    arguments: (1, 1),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Free,
};

/// Cores of a platform that states none.
const CORES_DEFAULT: u32 = 2;
/// Memory of a platform that states none, in bytes.
const MEMORY_DEFAULT_BYTES: u64 = 1 << 30;
/// Name of the platform of a model that declares none.
const NAME_DEFAULT: &str = "local";

fn default_platform(name: &str, origin: Origin) -> Platform {
    Platform {
        name: name.to_owned(),
        cores: CORES_DEFAULT,
        memory_bytes: MEMORY_DEFAULT_BYTES,
        enforce_memory: Strength::Best,
        enforce_processor: Strength::Best,
        qualified: Vec::new(),
        devices: Vec::new(),
        origin,
    }
}

/// A capability without what its spellings differ in.
fn letters(word: &str) -> String {
    let plain = word.chars().filter(|c| c.is_alphanumeric());
    plain.collect::<String>().to_lowercase()
}

impl<'a> Context<'a> {
    /// Reads all of `platform` and `deploy`, and fills in what is left out.
    pub(crate) fn platforms(&mut self, nodes: &'a [Written<'a>]) {
        let mut names: NameSpace<'a, usize> = NameSpace::new();
        for node in nodes.iter().filter(|node| node.name.text == "platform") {
            // A platform that cannot be read is only missing.
            let _ = self.platform(node, &mut names);
        }
        let deploys = nodes.iter().filter(|node| node.name.text == "deploy");
        let deploys: Vec<&'a Written<'a>> = deploys.collect();
        let mut faulty = false;
        for (index, node) in deploys.iter().enumerate() {
            faulty |= self.deploy(node, &names, index > 0).is_err();
        }
        if deploys.is_empty() {
            self.default_deployment(nodes);
        }
        if faulty {
            // Whether something is not deployed cannot be told.
            return;
        }
        let deployed: BTreeSet<NodeId> = self
            .model
            .deployments
            .iter()
            .flat_map(|d| d.subjects.iter().copied())
            .collect();
        let missing: Vec<NodeId> = self
            .model
            .subjects()
            .map(|(id, ..)| id)
            .filter(|id| !deployed.contains(id))
            .collect();
        for id in missing.into_iter().filter(|_| !deploys.is_empty()) {
            let (span, name) = (self.node_span(id), self.model.node_name(id).to_owned());
            self.report(&NotDeployed { subject: &name }, span);
        }
    }

    /// Warns of capabilities that no platform offers, if any platform says what it offers: the words
    /// mean what the user means by them, so only these can be compared.
    pub(crate) fn criticalities(&mut self, subjects: &[(NodeId, &'a Written<'a>)]) {
        let platforms = self.model.platforms.iter();
        let offered: BTreeSet<String> = platforms.flat_map(|p| p.qualified.clone()).collect();
        let list = listed(&offered);
        let spellings: BTreeMap<String, &String> =
            offered.iter().map(|one| (letters(one), one)).collect();
        for (_, node) in subjects.iter().filter(|_| !offered.is_empty()) {
            let claimed = node.property("criticality");
            let Some((entry, level)) = claimed.and_then(|e| Some((e, e.value.as_str()?))) else {
                continue;
            };
            if level.trim().is_empty() || offered.contains(level) {
                continue;
            }
            // Another level is never suggested, only another spelling of the same one.
            let near = spellings.get(&letters(level)).map(|near| near.as_str());
            let fault = found(
                &UnqualifiedCriticality {
                    level,
                    qualified: &list,
                },
                entry.value_span,
            );
            self.faults.push(self.meant(fault, level, near));
        }
    }

    fn default_deployment(&mut self, nodes: &'a [Written<'a>]) {
        match nodes.iter().rfind(|node| node.name.text == "platform") {
            None => {
                let platform = default_platform(NAME_DEFAULT, Origin::default());
                self.model.platforms.push(platform);
            }
            Some(second) if self.model.platforms.len() > 1 => {
                self.report(&MissingDeploy, second.head_span());
                return;
            }
            Some(_) => {}
        }
        if let Some(platform) = self.model.platforms.first() {
            let origin = platform.origin;
            let subjects = self.model.subjects().map(|(id, ..)| id).collect();
            self.model.deployments.push(Deployment {
                platform: 0,
                subjects,
                origin,
            });
        }
    }

    fn platform(
        &mut self,
        node: &'a Written<'a>,
        names: &mut NameSpace<'a, usize>,
    ) -> Result<(), Reported> {
        self.form(node, &PLATFORM)?;
        let name = self.new_name(node)?;
        let origin = self.origin(node.span);
        let mut platform = default_platform(name.text, origin);
        let mut devices = BTreeMap::new();
        for child in node.children() {
            // Each reader reports its own mistakes; the others go on.
            let _ = match child.name.text.as_ref() {
                "cores" => self.cores(child, &mut platform),
                "memory" => self.platform_memory(child, &mut platform),
                "device" => self.device(child, &mut platform, &mut devices),
                "enforce" => self.enforce(child, &mut platform),
                "qualified" => self.qualified(child, &mut platform),
                _ => Ok(()),
            };
        }
        match names.get(name.text) {
            Some((_, first)) => {
                let first = *first;
                self.taken(name, first);
            }
            None => {
                names.insert(name.text, (self.model.platforms.len(), name.span));
            }
        }
        self.model.platforms.push(platform);
        Ok(())
    }

    fn cores(&mut self, node: &'a Written<'a>, platform: &mut Platform) -> Result<(), Reported> {
        self.form(node, &arguments("cores 2", 1, 1))?;
        let entry = node.arguments().next().ok_or(Reported)?;
        let cores = self.number(entry, 1, 1024)?;
        platform.cores = u32::try_from(cores).map_err(|_| Reported)?;
        Ok(())
    }

    fn platform_memory(
        &mut self,
        node: &'a Written<'a>,
        platform: &mut Platform,
    ) -> Result<(), Reported> {
        self.form(node, &arguments("memory \"1GiB\"", 1, 1))?;
        let entry = node.arguments().next().ok_or(Reported)?;
        platform.memory_bytes = self.size(entry)?;
        Ok(())
    }

    fn device(
        &mut self,
        node: &'a Written<'a>,
        platform: &mut Platform,
        seen: &mut BTreeMap<&'a str, source::Span>,
    ) -> Result<(), Reported> {
        self.form(node, &DEVICE)?;
        let name = self.new_name(node)?;
        let dma = self.truth_property(node, "dma")?;
        if let Some(first) = seen.insert(name.text, name.span) {
            let fault = found(&DuplicateName { name: name.text }, name.span);
            return Err(self.faults.push(fault.label(first, "first used here")));
        }
        platform
            .devices
            .push((name.text.to_owned(), dma.unwrap_or(false)));
        Ok(())
    }

    fn enforce(&mut self, node: &'a Written<'a>, platform: &mut Platform) -> Result<(), Reported> {
        self.form(node, &ENFORCE)?;
        let choices = [("best", Strength::Best), ("hard", Strength::Hard)];
        let memory = self.choice_property(node, "memory", &choices);
        let processor = self.choice_property(node, "processor", &choices);
        platform.enforce_memory = memory?.unwrap_or_default();
        platform.enforce_processor = processor?.unwrap_or_default();
        Ok(())
    }

    fn qualified(
        &mut self,
        node: &'a Written<'a>,
        platform: &mut Platform,
    ) -> Result<(), Reported> {
        self.form(node, &arguments("qualified CAPABILITY …", 1, MANY))?;
        let words = self.arguments(node, 0);
        for word in self.once_each(words) {
            let word = self.not_empty(word, "qualified")?;
            platform.qualified.push(word.text.to_owned());
        }
        platform.qualified.sort_unstable();
        Ok(())
    }

    fn deploy(
        &mut self,
        node: &'a Written<'a>,
        names: &NameSpace<'a, usize>,
        second: bool,
    ) -> Result<(), Reported> {
        self.form(node, &DEPLOY)?;
        let word = self.argument(node, 0)?;
        let word = self.one_name(word)?;
        let platform = names.get(word.text).map(|(index, _)| *index);
        let near = self.near(word.text, names.keys().copied());
        let platform = platform.ok_or_else(|| {
            if self.unread_names.contains(word.text) {
                return Reported;
            }
            let fault = found(
                &UnknownName {
                    name: word.text,
                    kind: "platform",
                },
                word.span,
            );
            self.faults.push(self.meant(fault, word.text, near))
        });
        if second {
            return Err(self.report(&SecondDeployment, node.head_span()));
        }
        let list = self.names_in_block(node.children());
        if list.is_empty() {
            let fault = MissingArgument {
                word: "deploy",
                usage: DEPLOY.usage,
            };
            self.report(&fault, node.head_span());
            return Err(Reported);
        }
        let subjects = self.deployed(list)?;
        let origin = self.origin(node.span);
        self.model.deployments.push(Deployment {
            platform: platform?,
            subjects,
            origin,
        });
        Ok(())
    }

    fn deployed(&mut self, list: Vec<Word<'a>>) -> Result<Vec<NodeId>, Reported> {
        if let Some(without) = list.iter().find(|word| word.text == "without") {
            return Err(self.report(&NotInThisVersion { word: without.text }, without.span));
        }
        let mut all = false;
        let mut result = Ok(());
        let mut subjects = BTreeSet::new();
        for word in self.once_each(list) {
            if word.text == "all" {
                all = true;
                continue;
            }
            match self.node(word, Wanted::Subject) {
                Ok(id) => {
                    subjects.insert(id);
                }
                Err(reported) => result = Err(reported),
            }
        }
        if all {
            subjects.extend(self.model.subjects().map(|(id, ..)| id));
        }
        result.map(|()| subjects.into_iter().collect())
    }
}

/// Most characters of a list within a message: what is longer would be cut anywhere.
const LISTED_MAX: usize = 120;

/// Texts in backticks, and how many more there are.
fn listed(all: &BTreeSet<String>) -> String {
    let mut list = String::new();
    for (at, one) in all.iter().enumerate() {
        let one = format!("`{one}`");
        if at > 0 && list.chars().count() + one.chars().count() > LISTED_MAX {
            return format!("{list} and {} more", all.len() - at);
        }
        if at > 0 {
            list.push_str(", ");
        }
        list.push_str(&one);
    }
    list
}
