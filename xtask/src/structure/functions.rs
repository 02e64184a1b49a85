//! How long functions are.

use super::modules::{File, only_for_tests};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{ImplItemFn, ItemFn, ItemImpl, ItemMod, ItemTrait, TraitItemFn};

/// A function of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Function {
    /// Its name, after those of the type and the modules within the file in which it stands.
    pub name: String,
    /// From the line of its name to that of its last brace.
    pub lines: usize,
}

/// The functions of a file that are not tests, in their order.
pub fn functions(file: &File) -> Vec<Function> {
    let mut found = Found {
        within: Vec::new(),
        functions: Vec::new(),
    };
    if !file.test {
        found.visit_file(&file.syntax);
    }
    found.functions
}

struct Found {
    within: Vec<String>,
    functions: Vec<Function>,
}

impl Found {
    fn function(&mut self, name: String, from: Span, to: Span) {
        self.within.push(name);
        self.functions.push(Function {
            name: self.within.join("::"),
            lines: to.end().line + 1 - from.start().line,
        });
    }
}

impl<'a> Visit<'a> for Found {
    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        if !only_for_tests(&item.attrs) {
            self.within.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.within.pop();
        }
    }

    fn visit_item_impl(&mut self, item: &'a ItemImpl) {
        let name = match &*item.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        self.within.push(name.unwrap_or_else(|| "impl".to_owned()));
        visit::visit_item_impl(self, item);
        self.within.pop();
    }

    fn visit_item_trait(&mut self, item: &'a ItemTrait) {
        self.within.push(item.ident.to_string());
        visit::visit_item_trait(self, item);
        self.within.pop();
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        if !only_for_tests(&item.attrs) {
            self.function(
                item.sig.ident.to_string(),
                item.sig.span(),
                item.block.span(),
            );
            visit::visit_item_fn(self, item);
            self.within.pop();
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.function(
            item.sig.ident.to_string(),
            item.sig.span(),
            item.block.span(),
        );
        visit::visit_impl_item_fn(self, item);
        self.within.pop();
    }

    fn visit_trait_item_fn(&mut self, item: &'a TraitItemFn) {
        self.function(item.sig.ident.to_string(), item.sig.span(), item.span());
        visit::visit_trait_item_fn(self, item);
        self.within.pop();
    }
}
