//! The packages of this repository, the files of each as modules, what each file uses, and how long
//! its functions are.
//!
//! [`packages`] asks cargo for the targets; [`Modules::read`] follows `mod` from the root of one.
//! [`Modules::arrows`] says which file uses which, and [`circles`] where no file comes first. Not seen:
//! names that a glob brings in, and macros, which need no path.

mod circles;
mod functions;
mod modules;
mod packages;
mod uses;

pub use circles::{Arrows, circles};
pub use functions::{Function, functions};
pub use modules::{File, Modules};
pub use packages::{Package, Target, packages};
