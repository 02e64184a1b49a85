//! The subjects of the bottling line, and a plant for them to talk to.
//!
//! Each subject is a program in `src/bin` of the subject's name: a thin loop that moves messages
//! between its ports and a **core**, a module here, which decides. Cores are pure: no socket, no
//! clock, no channel; so they are tested by themselves, boundaries and hostile input included.
//!
//! | subject | core |
//! |---|---|
//! | `modbus-gate` | [`gate`], with the framing of [`modbus`] |
//! | `field-read` | [`field`] |
//! | `interlock-view` | [`interlock`] |
//! | `command-guard` | [`guard`] |
//! | `recipe-import` | [`recipe`] |
//! | `recipe-store` | [`store`] |
//! | `hmi`, `vendor-session` | [`panel`] and [`screen`], with the lines of [`lines`] |
//! | `inspect` | [`vision`] |
//! | `historian` | [`archive`] |
//! | `oee` | [`oee`] |
//! | `redactor` | [`redact`] |
//! | `uplink` | [`mqtt`] |
//!
//! [`meter`] keeps records bounded under a flood. [`messages`] is generated from `system.kdl`; [`convert`] joins it to the cores. [`plant`] is the
//! other side of every socket: the program `plant`, which is no subject.

pub mod archive;
pub mod convert;
pub mod field;
pub mod gate;
pub mod guard;
pub mod interlock;
pub mod lines;
pub mod messages;
pub mod meter;
pub mod modbus;
pub mod mqtt;
pub mod oee;
pub mod panel;
pub mod plant;
pub mod recipe;
pub mod redact;
pub mod registers;
pub mod screen;
pub mod store;
pub mod vision;
