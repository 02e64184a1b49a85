//! Which addresses can be met, decided once for whoever writes a plan and for whoever takes one.

use std::net::{IpAddr, SocketAddr};

/// What a socket does with its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Connect to it by TCP.
    Connect,
    /// Listen at it for TCP.
    Listen,
    /// Receive at it by UDP.
    Receive,
    /// Send to it by UDP.
    Send,
}

/// Why a socket for this purpose cannot meet anybody at this address, in words; `None` if it may. What
/// depends on the machine, such as whether an address is its own, only the machine can tell.
pub fn unmet(purpose: Purpose, address: SocketAddr) -> Option<&'static str> {
    use Purpose::{Connect, Listen, Receive, Send};
    let ip = address.ip().to_canonical();
    let outward = matches!(purpose, Connect | Send);
    if address.port() == 0 {
        return Some("port 0 is no port");
    }
    if ip.is_unspecified() && outward {
        return Some(
            "the unspecified address stands for every address of this machine, not for one",
        );
    }
    if ip.is_multicast() {
        match purpose {
            Connect | Listen => return Some("TCP does not reach a multicast group"),
            Receive => {
                return Some("this version joins no multicast group, so nothing would arrive");
            }
            Send => {}
        }
    }
    if let IpAddr::V4(own) = ip
        && own.is_broadcast()
    {
        match purpose {
            Connect | Listen => return Some("TCP does not reach a broadcast address"),
            Send => return Some("this version does not send to broadcast addresses"),
            Receive => {}
        }
    }
    let scope = match address {
        SocketAddr::V6(own) => own.scope_id(),
        SocketAddr::V4(_) => 0,
    };
    (needs_scope(ip) && scope == 0)
        .then_some("a link-local address means a host only together with the number of a link")
}

/// Whether an address means different hosts on different links (RFC 4007; RFC 4291, 2.5.6 and 2.7).
fn needs_scope(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(_) => false,
        IpAddr::V6(ip) => {
            let [first, second, ..] = ip.octets();
            ip.is_unicast_link_local() || first == 0xff && matches!(second & 0xf, 1 | 2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Purpose::{Connect, Listen, Receive, Send};

    #[test]
    fn each_kind_of_address_is_met_by_the_sockets_that_can() {
        let all = [Connect, Listen, Receive, Send];
        for (address, met) in [
            ("192.0.2.1:80", &all[..]),
            ("127.0.0.1:80", &all),
            ("10.0.0.255:80", &all),
            ("169.254.1.1:80", &all),
            ("[2001:db8::1]:80", &all),
            ("[::1]:80", &all),
            ("[fd00::1]:80", &all),
            ("[::ffff:192.0.2.1]:80", &all),
            ("[fe80::1%2]:80", &all),
            ("0.0.0.0:80", &[Listen, Receive]),
            ("[::]:80", &[Listen, Receive]),
            ("[::ffff:0.0.0.0]:80", &[Listen, Receive]),
            ("224.0.0.1:80", &[Send]),
            ("239.255.255.255:80", &[Send]),
            ("[::ffff:224.0.0.1]:80", &[Send]),
            ("[ff0e::1]:80", &[Send]),
            ("[ff05::1]:80", &[Send]),
            ("[ff02::1%2]:80", &[Send]),
            ("[ff12::1%2]:80", &[Send]),
            ("[ff02::1]:80", &[]),
            ("[ff01::1]:80", &[]),
            ("[ff12::1]:80", &[]),
            ("255.255.255.255:80", &[Receive]),
            ("[::ffff:255.255.255.255]:80", &[Receive]),
            ("[fe80::1]:80", &[]),
            ("[febf::1]:80", &[]),
            ("192.0.2.1:0", &[]),
            ("[::1]:0", &[]),
        ] {
            let parsed: SocketAddr = address.parse().unwrap();
            for purpose in all {
                let may = unmet(purpose, parsed).is_none();
                assert_eq!(may, met.contains(&purpose), "{address} {purpose:?}");
            }
        }
    }
}
