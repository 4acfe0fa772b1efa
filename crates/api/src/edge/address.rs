//! Whose request it is: the peer, or what a trusted proxy says.

use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use ipnet::IpNet;

/// The address of the client: the peer's, unless the peer is a trusted proxy; then the last address
/// in `X-Forwarded-For` that no trusted proxy added.
pub fn client_address(req: &ServiceRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = req.peer_addr()?.ip().to_canonical();
    let forwarded = req.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    Some(resolve(peer, forwarded, trusted))
}

fn resolve<'h>(peer: IpAddr, forwarded: impl Iterator<Item = &'h str>, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let header = || ["203.0.113.9, 198.51.100.7"].into_iter();
        assert_eq!(resolve(ip("192.0.2.1"), header(), &trusted), ip("192.0.2.1"));
        assert_eq!(resolve(ip("10.0.0.1"), header(), &trusted), ip("198.51.100.7"));
        let chained = ["203.0.113.9, 10.0.0.2"].into_iter();
        assert_eq!(resolve(ip("10.0.0.1"), chained, &trusted), ip("203.0.113.9"));
    }
}
