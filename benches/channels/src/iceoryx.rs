//! iceoryx2: publish and subscribe, polled, both sides copying.

use crate::Outcome;
use crate::carrier::Carrier;
use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::{BackpressureStrategy, Node, NodeBuilder, ipc};
use std::hint::spin_loop;

/// A service in each direction.
pub struct Services {
    publisher: Publisher<ipc::Service, [u8], ()>,
    subscriber: Subscriber<ipc::Service, [u8], ()>,
    passed: u64,
    /// Keeps the services alive.
    _node: Node<ipc::Service>,
}

impl Services {
    pub fn open(name: &str, size: usize, side: usize) -> Outcome<Self> {
        let node = NodeBuilder::new().create::<ipc::Service>()?;
        let service = |direction: usize| -> Outcome<_> {
            let name = format!("{name}/{size}/{direction}");
            Ok(node
                .service_builder(&name.as_str().try_into()?)
                .publish_subscribe::<[u8]>()
                .subscriber_max_buffer_size(16)
                .enable_safe_overflow(false)
                .max_publishers(1)
                .max_subscribers(1)
                .open_or_create()?)
        };
        let publisher = service(side)?
            .publisher_builder()
            .initial_max_slice_len(size)
            .backpressure_strategy(BackpressureStrategy::RetryUntilDelivered)
            .create()?;
        let subscriber = service(1 - side)?.subscriber_builder().create()?;
        Ok(Self {
            publisher,
            subscriber,
            passed: 0,
            _node: node,
        })
    }
}

impl Carrier for Services {
    fn send(&mut self, message: &[u8]) {
        let sample = self.publisher.loan_slice_uninit(message.len());
        let sample = sample.expect("a sample is free: one is loaned at a time");
        let sent = sample.write_from_slice(message).send();
        sent.expect("the subscriber is connected");
    }

    fn receive(&mut self, out: &mut [u8]) -> bool {
        match self.subscriber.receive().expect("the publisher is alive") {
            Some(sample) => {
                out.copy_from_slice(sample.payload());
                self.passed += 1;
                true
            }
            None => {
                spin_loop();
                false
            }
        }
    }

    fn passed(&self) -> u64 {
        self.passed
    }
}
