//! `assume` and `non-goal`.

use crate::context::{Context, NameSpace, Written};
use crate::fault::{BadName, RelayOnlyStated, Reported};
use crate::form::{Block, Form, MANY, Properties, arguments};
use crate::names::Wanted;
use model::{Assumption, Effect, NodeId, NonGoal};

const ASSUME: Form = Form {
    usage: "assume NAME \"TEXT\" [{ does-not-relay EXTERNAL … }]",
    arguments: (2, 2),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Words {
        known: &["does-not-relay"],
        once: &[],
    },
};

impl<'a> Context<'a> {
    /// Reads `assume`.
    pub(crate) fn read_assumption(
        &mut self,
        node: &'a Written<'a>,
        names: &mut NameSpace<'a, ()>,
    ) -> Result<(), Reported> {
        self.form(node, &ASSUME)?;
        let name = self.new_name(node)?;
        if name.text == "platform" {
            self.report(&BadName { word: name.text }, name.span);
        }
        self.own_name(name, names);
        let text = self
            .argument(node, 1)
            .and_then(|word| self.not_empty(word, "assume"));
        let mut words = Vec::new();
        let mut stated_only = true;
        for child in node
            .children()
            .iter()
            .filter(|child| child.name.text == "does-not-relay")
        {
            stated_only = false;
            if self
                .form(child, &arguments("does-not-relay EXTERNAL …", 1, MANY))
                .is_ok()
            {
                words.extend(self.named(child, 0));
            }
        }
        let words = self.once_each(words);
        let mut externals: Vec<NodeId> = words
            .into_iter()
            .filter_map(|word| self.node(word, Wanted::External).ok())
            .collect();
        externals.sort_unstable();
        let text = text.map_or("", |word| word.text);
        let speaks = [name.text, text]
            .iter()
            .any(|text| text.to_lowercase().contains("relay"));
        if speaks && stated_only {
            self.report(&RelayOnlyStated { name: name.text }, name.span);
        }
        let effect = match externals.is_empty() {
            true => Effect::Stated,
            false => Effect::DoesNotRelay(externals),
        };
        let origin = self.origin(node.span);
        self.model.assumptions.push(Assumption {
            name: name.text.to_owned(),
            text: text.to_owned(),
            effect,
            origin,
        });
        Ok(())
    }

    /// Reads `non-goal`.
    pub(crate) fn read_non_goal(
        &mut self,
        node: &'a Written<'a>,
        names: &mut NameSpace<'a, ()>,
    ) -> Result<(), Reported> {
        self.form(node, &arguments("non-goal NAME \"TEXT\"", 2, 2))?;
        let name = self.new_name(node)?;
        self.own_name(name, names);
        let text = self
            .argument(node, 1)
            .and_then(|word| self.not_empty(word, "non-goal"))?;
        let origin = self.origin(node.span);
        let (name, text) = (name.text.to_owned(), text.text.to_owned());
        self.model.non_goals.push(NonGoal { name, text, origin });
        Ok(())
    }

    /// Takes a name of a name space of its own.
    pub(crate) fn own_name(
        &mut self,
        name: crate::context::Word<'a>,
        names: &mut NameSpace<'a, ()>,
    ) {
        match names.get(name.text) {
            Some(((), first)) => {
                let first = *first;
                self.taken(name, first);
            }
            None => {
                names.insert(name.text, ((), name.span));
            }
        }
    }
}
