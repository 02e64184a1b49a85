//! Whether a port is what the program takes it for.

use crate::{Error, Message};
use channel::Kind;
use channel::table::PortSpec;

const REGENERATE: &str = "generate the message types again from the model and rebuild the guest";
const UNTYPED: &str = "the channel has no type: give it one in the model, or use it with a `Message` of `SCHEMA = 0` and `BYTES = 256`";

/// Whether the port carries messages of type `T`.
pub(crate) fn check<T: Message>(port: &PortSpec<'_>) -> Result<(), Error> {
    check_kind(port, port.shape.kind != Kind::Event)?;
    if port.shape.schema != T::SCHEMA {
        let message = format!(
            "the channel carries messages of schema {:#018x}, the program knows {:#018x}",
            port.shape.schema,
            T::SCHEMA
        );
        let help = if port.shape.schema == 0 {
            UNTYPED
        } else {
            REGENERATE
        };
        return Err(Error::new("schema-mismatch", port.name, message).help(help));
    }
    if port.shape.message_bytes as usize != T::BYTES {
        let message = format!(
            "the channel carries messages of {} bytes, the program knows {}",
            port.shape.message_bytes,
            T::BYTES
        );
        return Err(Error::new("message-size-mismatch", port.name, message).help(REGENERATE));
    }
    Ok(())
}

/// Whether the port is of the kind asked for.
pub(crate) fn check_kind(port: &PortSpec<'_>, fits: bool) -> Result<(), Error> {
    if fits {
        return Ok(());
    }
    let message = "events carry no messages and messages are no events";
    Err(Error::new("port-kind-mismatch", port.name, message)
        .help("ask for the port as its channel's kind in the model says"))
}
