//! From the root of a target to all files that its `mod` items name.

use std::path::{Path, PathBuf};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta, Token};

/// A source file.
pub struct File {
    /// Where it lies.
    pub path: PathBuf,
    /// Its module; empty for the root.
    pub module: Vec<String>,
    /// Whether it is compiled for tests only.
    pub test: bool,
    /// What it says.
    pub syntax: syn::File,
}

/// The source files of one target.
pub struct Modules {
    /// The root first.
    pub files: Vec<File>,
}

/// A file named by a `mod` item, still to be read.
struct Named {
    candidates: Vec<PathBuf>,
    module: Vec<String>,
    test: bool,
}

impl Modules {
    /// Reads the root and whatever it names.
    pub fn read(root: &Path) -> Result<Self, String> {
        let mut waiting = vec![Named {
            candidates: vec![root.to_owned()],
            module: Vec::new(),
            test: false,
        }];
        let mut files = Vec::new();
        while let Some(named) = waiting.pop() {
            let path = named.candidates.iter().find(|path| path.is_file());
            let Some(path) = path.cloned() else {
                return Err(format!("no file for module `{}`", named.module.join("::")));
            };
            let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let text = std::fs::read_to_string(&path).map_err(|error| at(&error))?;
            let syntax = syn::parse_file(&text).map_err(|error| at(&error))?;
            let mut found = Vec::new();
            let beneath = beneath(&path, named.module.is_empty());
            let place = Place {
                file: &path,
                beneath,
                module: named.module.clone(),
                test: named.test,
            };
            place.named(&syntax.items, &mut found);
            waiting.extend(found.into_iter().rev());
            files.push(File {
                path,
                module: named.module,
                test: named.test,
                syntax,
            });
        }
        Ok(Self { files })
    }
}

/// The directory in which the modules of a file lie.
fn beneath(path: &Path, root: bool) -> PathBuf {
    if root || path.file_name().is_some_and(|name| name == "mod.rs") {
        path.parent().unwrap_or(path).to_owned()
    } else {
        path.with_extension("")
    }
}

/// Where `mod` items stand: in a file, perhaps in a module within it.
struct Place<'a> {
    file: &'a Path,
    beneath: PathBuf,
    module: Vec<String>,
    test: bool,
}

impl Place<'_> {
    fn named(&self, items: &[Item], found: &mut Vec<Named>) {
        for item in items {
            let Item::Mod(item) = item else { continue };
            let name = item.ident.to_string();
            let mut module = self.module.clone();
            module.push(name.clone());
            let test = self.test || only_for_tests(&item.attrs);
            match &item.content {
                Some((_, items)) => {
                    let inside = Place {
                        file: self.file,
                        beneath: self.beneath.join(&name),
                        module,
                        test,
                    };
                    inside.named(items, found);
                }
                None => found.push(Named {
                    candidates: self.candidates(item, &name),
                    module,
                    test,
                }),
            }
        }
    }

    fn candidates(&self, item: &ItemMod, name: &str) -> Vec<PathBuf> {
        if let Some(path) = stated_path(&item.attrs) {
            return vec![self.file.with_file_name(path)];
        }
        vec![
            self.beneath.join(format!("{name}.rs")),
            self.beneath.join(name).join("mod.rs"),
        ]
    }
}

/// The file of `#[path = "…"]`.
fn stated_path(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(stated) if stated.path.is_ident("path") => match &stated.value {
                Expr::Lit(value) => match &value.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
}

/// Whether something is a test, or stands under `#[cfg(test)]` or `#[cfg(all(test, …))]`.
pub fn only_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args().is_ok_and(|meta| needs_test(&meta))
    })
}

fn needs_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .is_ok_and(|all| all.iter().any(needs_test)),
        Meta::List(_) | Meta::NameValue(_) => false,
    }
}
