//! Which addresses may be called: the public network, and what the operator of a demo adds. Names are
//! resolved here and every address is looked at, at every call, so that no name leads inside later.

use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;
use std::time::Duration;

use ipnet::IpNet;
use ureq::Agent;
use ureq::config::Config as AgentConfig;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::config::Config;
use crate::http::{Say, say};

/// A receiver has so long for everything: name, connection, request and answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Networks that are not the public one: this host, private and shared ranges, links, tests, multicast, and
/// IPv6 ranges that lead to IPv4 (registries of RFC 6890).
static INSIDE: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ]
    .iter()
    .filter_map(|network| network.parse().ok())
    .collect()
});

/// Where events may go.
#[derive(Debug, Clone)]
pub struct Reachable {
    /// Private networks that are allowed all the same.
    allowed: Vec<IpNet>,
}

impl Reachable {
    pub fn of(config: &Config) -> Self {
        Self { allowed: config.webhook_networks.clone() }
    }

    fn permits(&self, address: IpAddr) -> bool {
        // An IPv4 address in IPv6 clothes is judged as what it is.
        let address = match address {
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4),
            v4 => v4,
        };
        let within = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&address));
        within(&self.allowed) || !within(&INSIDE)
    }

    /// Refuses an address that could never be called.
    pub fn check_address(&self, url: &str) -> Result<(), Say> {
        let unreadable = || say("Không phải địa chỉ https.", "It is not an https address.");
        let uri: Uri = url.parse().map_err(|_| unreadable())?;
        let authority = uri.authority().ok_or_else(unreadable)?;
        let host = authority.host().trim_matches(['[', ']']);
        let address = host.parse::<IpAddr>().ok();
        let allowed =
            address.is_some_and(|address| self.allowed.iter().any(|network| network.contains(&address)));
        match uri.scheme_str() {
            Some("https") => {}
            // Without TLS only where the operator said so.
            Some("http") if allowed => {}
            _ => return Err(unreadable()),
        }
        if authority.as_str().contains('@') || url.contains('#') {
            return Err(say(
                "Không chứa tên đăng nhập hay #.",
                "It holds neither credentials nor a fragment.",
            ));
        }
        if address.is_some_and(|address| !self.permits(address)) {
            return Err(say("Không gửi vào mạng nội bộ.", "Private networks are not called."));
        }
        Ok(())
    }
}

/// Resolves names, and keeps only addresses that may be called.
#[derive(Debug)]
struct Guard {
    reachable: Reachable,
    names: DefaultResolver,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &AgentConfig,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let inside = |address: &&SocketAddr| !self.reachable.permits(address.ip());
        // One address inside spoils them all: whoever answers for the name would choose.
        if found.iter().any(|address| inside(&address)) {
            let refused = "the name leads into a private network, which is not called";
            return Err(ureq::Error::Io(std::io::Error::new(std::io::ErrorKind::PermissionDenied, refused)));
        }
        Ok(found)
    }
}

/// A client that follows no redirect, waits for nobody, and reaches only what may be reached.
pub fn agent(reachable: Reachable) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .max_response_header_size(16 << 10)
        .max_idle_connections(0)
        .user_agent("kstt")
        .build();
    Agent::with_parts(
        config,
        DefaultConnector::default(),
        Guard { reachable, names: DefaultResolver::default() },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reachable(allowed: &[&str]) -> Reachable {
        Reachable { allowed: allowed.iter().map(|network| network.parse().unwrap()).collect() }
    }

    #[test]
    fn only_the_public_network_is_reached() {
        let public = reachable(&[]);
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "172.31.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::127.0.0.1",
            "ff02::1",
        ] {
            assert!(!public.permits(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["8.8.8.8", "203.162.0.1", "2606:4700::1111", "172.32.0.1"] {
            assert!(public.permits(outside.parse().unwrap()), "{outside}");
        }
        assert!(reachable(&["127.0.0.0/8"]).permits("127.0.0.1".parse().unwrap()));
        assert_eq!(INSIDE.len(), 27);
    }

    #[test]
    fn an_address_is_https_and_says_nothing_else() {
        let public = reachable(&[]);
        for refused in [
            "http://example.org/",
            "ftp://example.org/",
            "https://u:p@example.org/",
            "https://example.org/#x",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https:///x",
            "example.org",
            "javascript:alert(1)",
        ] {
            assert!(public.check_address(refused).is_err(), "{refused}");
        }
        assert!(public.check_address("https://portal.example.org:8443/hook?x=1").is_ok());
        let demo = reachable(&["127.0.0.0/8"]);
        assert!(demo.check_address("http://127.0.0.1:9000/").is_ok());
        for refused in ["http://10.0.0.1/", "http://example.org/", "http://localhost:9000/"] {
            assert!(demo.check_address(refused).is_err(), "{refused}");
        }
    }
}
