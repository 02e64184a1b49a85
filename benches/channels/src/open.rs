//! Opens all carriers.

use crate::carrier::{Carrier, SIZES};
use crate::shared::Link;
use crate::{Outcome, iceoryx, rings, sockets};

/// Every carrier for every size, by size and then in the order of [`crate::carrier::CARRIERS`].
pub fn all(link: &Link, services: &str, side: usize) -> Outcome<Vec<Vec<Box<dyn Carrier>>>> {
    let mut all = Vec::new();
    for (index, size) in SIZES.into_iter().enumerate() {
        let carriers: Vec<Box<dyn Carrier>> = vec![
            Box::new(rings::Lines::open(link, index, side)),
            Box::new(rings::Rings::open(
                link,
                channel::Kind::Credit,
                index,
                side,
            )?),
            Box::new(rings::Rings::open(
                link,
                channel::Kind::DropOldest,
                index,
                side,
            )?),
            Box::new(sockets::Pipes::open(link, index, side)),
            Box::new(sockets::Socket::open(link, index, side)),
            Box::new(iceoryx::Services::open(services, size, side)?),
        ];
        all.push(carriers);
    }
    Ok(all)
}
