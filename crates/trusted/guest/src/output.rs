//! Typed out-ports.

use crate::tally::Tally;
use crate::{Error, Message};
use channel::table::PortSpec;
use channel::{Kind, Sent, Writer, clock};
use core::marker::PhantomData;
use std::sync::Arc;

/// An out-port for messages of one type.
pub struct Output<T> {
    writer: Writer,
    buffer: Vec<u8>,
    tally: Arc<Tally>,
    message: PhantomData<fn(&T)>,
}

impl<T: Message> Output<T> {
    pub(crate) fn new(
        writer: Writer,
        port: &PortSpec<'_>,
        tally: Arc<Tally>,
    ) -> Result<Self, Error> {
        crate::port::check::<T>(port)?;
        Ok(Self {
            writer,
            buffer: vec![0; T::BYTES],
            tally,
            message: PhantomData,
        })
    }

    /// Sends a value, stamped with the time of now. Only a credit queue can be full. The reader
    /// refuses a value outside the ranges of its type.
    pub fn send(&mut self, value: &T) -> Sent {
        value.encode(&mut self.buffer);
        let sent = self.writer.send(&self.buffer, clock::now_ns());
        self.tally.sent(sent);
        sent
    }

    /// Messages sent so far, those of earlier incarnations included.
    pub fn written(&self) -> u64 {
        self.writer.written()
    }
}

/// An out-port for events.
pub struct EventOutput(Writer);

impl EventOutput {
    pub(crate) fn new(writer: Writer, port: &PortSpec<'_>) -> Result<Self, Error> {
        crate::port::check_kind(port, port.shape.kind == Kind::Event)?;
        Ok(Self(writer))
    }

    /// One event.
    pub fn signal(&mut self) {
        self.0.signal();
    }
}
