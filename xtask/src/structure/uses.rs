//! Which file uses which: every path in a file, followed through `use` to the file that it leads to.

use super::circles::Arrows;
use super::modules::{File, Modules, only_for_tests};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeMap;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

type Path = Vec<String>;

/// Longer chains of `use` than this are circles of names, which do not compile.
const USES_MAX: usize = 32;

impl Modules {
    /// Pairs of files, as places in [`Modules::files`], of which the first uses the second; without tests.
    pub fn arrows(&self) -> Arrows {
        let mut names = Names::default();
        let mut seen = Vec::new();
        for (at, file) in self.files.iter().enumerate() {
            if file.test {
                continue;
            }
            let collected = Collected::from(file);
            for module in &collected.modules {
                names.modules.insert(module.clone(), at);
            }
            seen.push((at, collected));
        }
        for (_, collected) in &seen {
            for (module, name, path) in &collected.imports {
                names
                    .imports
                    .insert((module.clone(), name.clone()), path.clone());
            }
        }
        let mut arrows = Arrows::new();
        for (at, collected) in &seen {
            for (module, path) in &collected.paths {
                let used = names.file(module, path, 0);
                arrows.extend(used.filter(|used| used != at).map(|used| (*at, used)));
            }
        }
        arrows
    }

    /// Those arrows that do not lead from a module to one within it, or back.
    pub fn apart(&self, arrows: &Arrows) -> Arrows {
        let module = |at: usize| &self.files[at].module;
        let apart = arrows.iter().filter(|(from, to)| {
            !module(*from).starts_with(module(*to)) && !module(*to).starts_with(module(*from))
        });
        apart.copied().collect()
    }
}

/// The modules of a target and what `use` brings into each.
#[derive(Default)]
struct Names {
    modules: BTreeMap<Path, usize>,
    imports: BTreeMap<(Path, String), Path>,
}

impl Names {
    /// The file that a path leads to, seen from a module; `None` if it leaves the crate.
    fn file(&self, from: &[String], path: &[String], uses: usize) -> Option<usize> {
        let mut module = from.to_vec();
        let mut rest = path;
        let mut anchored = false;
        while let [first, after @ ..] = rest {
            match first.as_str() {
                "crate" => module.clear(),
                "super" => _ = module.pop(),
                "self" => {}
                _ => break,
            }
            anchored = true;
            rest = after;
        }
        while let [name, after @ ..] = rest {
            let mut inner = module.clone();
            inner.push(name.clone());
            if self.modules.contains_key(&inner) {
                module = inner;
                rest = after;
                anchored = true;
                continue;
            }
            if let Some(import) = self.imports.get(&(module.clone(), name.clone()))
                && uses < USES_MAX
            {
                let mut longer = import.clone();
                longer.extend_from_slice(after);
                let used = self.file(&module, &longer, uses + 1);
                if used.is_some() || !anchored {
                    return used;
                }
            }
            break;
        }
        if anchored {
            self.modules.get(&module).copied()
        } else {
            None
        }
    }
}

/// What stands in one file.
struct Collected {
    module: Path,
    modules: Vec<Path>,
    imports: Vec<(Path, String, Path)>,
    paths: Vec<(Path, Path)>,
}

impl From<&File> for Collected {
    fn from(file: &File) -> Self {
        let mut collected = Self {
            module: file.module.clone(),
            modules: vec![file.module.clone()],
            imports: Vec::new(),
            paths: Vec::new(),
        };
        collected.visit_file(&file.syntax);
        collected
    }
}

impl Collected {
    fn path(&mut self, path: Path) {
        self.paths.push((self.module.clone(), path));
    }

    fn import(&mut self, tree: &UseTree, before: &mut Path) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before);
                before.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before);
                }
            }
            UseTree::Glob(_) => self.path(before.clone()),
            UseTree::Name(name) => self.name(name.ident.to_string(), None, before),
            UseTree::Rename(name) => {
                self.name(
                    name.ident.to_string(),
                    Some(name.rename.to_string()),
                    before,
                );
            }
        }
    }

    fn name(&mut self, name: String, renamed: Option<String>, before: &Path) {
        let mut path = before.clone();
        let mut name = name;
        if name == "self" {
            name = before.last().cloned().unwrap_or(name);
        } else {
            path.push(name.clone());
        }
        let name = renamed.unwrap_or(name);
        // `use child;` does not need to be followed, and would lead to itself.
        if path != [name.clone()] {
            self.imports.push((self.module.clone(), name, path.clone()));
        }
        self.path(path);
    }

    /// Paths within the tokens of a macro: whatever is joined by `::`.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Path::new();
        let mut joined = false;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if !joined {
                        self.ended(&mut path);
                    }
                    path.push(ident.to_string());
                    joined = false;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => joined = !path.is_empty(),
                TokenTree::Group(group) => {
                    self.ended(&mut path);
                    self.tokens(group.stream());
                    joined = false;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.ended(&mut path);
                    joined = false;
                }
            }
        }
        self.ended(&mut path);
    }

    fn ended(&mut self, path: &mut Path) {
        if !path.is_empty() {
            self.path(std::mem::take(path));
        }
    }
}

impl<'a> Visit<'a> for Collected {
    fn visit_item(&mut self, item: &'a Item) {
        if !only_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        if item.content.is_some() {
            self.module.push(item.ident.to_string());
            self.modules.push(self.module.clone());
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.import(&item.tree, &mut Path::new());
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let segments = path.segments.iter();
        self.path(segments.map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, used: &'a Macro) {
        self.tokens(used.tokens.clone());
    }

    fn visit_attribute(&mut self, _: &'a Attribute) {}

    fn visit_visibility(&mut self, _: &'a Visibility) {}
}

/// The attributes of an item.
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
