//! The other side of every socket: a simulated filler, safety controller, camera, broker and the
//! people around the line. An ordinary program; nothing here is trusted or separated.

pub mod signing;
