//! Values that would be taken as they are and only fail later, without a word.

use actix_web::http::Uri;
use log::LevelFilter;

/// Origins of browsers. One that no browser sends would let nobody in.
pub fn origins(given: Vec<String>) -> Result<Vec<String>, String> {
    if let Some(wrong) = given.iter().find(|text| !is_origin(text)) {
        return Err(format!(
            "KSTT_CORS_ORIGINS: {wrong:?} is not an origin such as https://portal.example.vn"
        ));
    }
    Ok(given)
}

/// Whether a browser may name itself so: scheme, host and a port that does not go without saying.
fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    let usual = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    let is_port_fine = match authority.as_str().strip_prefix(authority.host()) {
        Some("") => true,
        Some(port) => {
            port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok_and(|n| n != usual))
        }
        None => false,
    };
    is_port_fine && !text.contains('*') && text == format!("{scheme}://{authority}").to_lowercase()
}

/// `iss` of access tokens: an address; in production one that is reached with TLS.
pub fn issuer(given: Option<String>, production: bool) -> Result<String, String> {
    let Some(text) = given else { return Ok("http://127.0.0.1:8080".into()) };
    let uri = text.parse::<Uri>().ok().filter(|uri| uri.authority().is_some() && !text.contains(['?', '#']));
    match uri.as_ref().and_then(|uri| uri.scheme_str()) {
        Some("https") => Ok(text),
        Some("http") if !production => Ok(text),
        Some("http") => Err(format!("KSTT_ISSUER: production is reached by https://, not {text:?}")),
        _ => Err(format!("KSTT_ISSUER: {text:?} is not an address such as https://kstt.example.vn")),
    }
}

/// What is logged. env_logger takes a level it does not know for the name of a module, and then logs nothing.
pub fn filters(given: Option<String>) -> Result<String, String> {
    let text = given.unwrap_or_else(|| "info".into());
    let levels = text.split('/').next().unwrap_or_default();
    let wrong = levels.split(',').map(str::trim).find(|filter| {
        let level = filter.split_once('=').map_or(*filter, |(_, level)| level);
        !filter.is_empty() && (filter.contains(' ') || level.parse::<LevelFilter>().is_err())
    });
    if let Some(wrong) = wrong {
        return Err(format!(
            "KSTT_LOG: {wrong:?} is none of off, error, warn, info, debug and trace, nor module=level such as \
             kstt_api=debug"
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for origin in ["https://portal.example.vn", "http://localhost:5173", "http://[::1]:3000", "https://a"]
        {
            assert_eq!(origins(vec![origin.to_owned()]), Ok(vec![origin.to_owned()]));
        }
        for wrong in [
            "*",
            "null",
            "portal.example.vn",
            "https://",
            "https://a.b/",
            "https://a.b/portal",
            "https://a.b?x",
            "https://*.a.b",
            "https://a.b https://c.d",
            "https://A.b",
            "https://a.b:443",
            "http://a.b:80",
            "https://a.b:",
            "https://a.b:x",
            "https://u@a.b",
            "ftp://a.b",
        ] {
            let told = origins(vec!["https://a.b".to_owned(), wrong.to_owned()]).unwrap_err();
            assert!(told.contains("KSTT_CORS_ORIGINS") && told.contains(&format!("{wrong:?}")), "{told}");
        }
    }

    #[test]
    fn an_issuer_is_an_address() {
        let of = |text: &str, production| issuer(Some(text.to_owned()), production);
        for good in ["https://kstt.example.vn", "https://city.example.vn/kstt", "http://127.0.0.1:8080"] {
            assert_eq!(of(good, false), Ok(good.to_owned()));
        }
        assert!(of("https://kstt.example.vn", true).is_ok());
        assert!(of("http://kstt.example.vn", true).unwrap_err().contains("https://"));
        for wrong in ["nonsense", "kstt.example.vn", "ftp://a.b", "/kstt", "https://a.b?x=1", "https://a.b#x"]
        {
            for production in [false, true] {
                assert!(of(wrong, production).unwrap_err().contains("KSTT_ISSUER"), "{wrong}");
            }
        }
    }

    #[test]
    fn a_level_is_a_level() {
        for good in ["info", "WARN", "off", "info,kstt_api=debug", "warn, actix_server=error", "debug/text"] {
            assert_eq!(filters(Some(good.to_owned())), Ok(good.to_owned()));
        }
        assert_eq!(filters(None), Ok("info".to_owned()));
        for wrong in
            ["loud", "warning", "info,loud", "kstt_api=loud", "kstt_api=", "a=b=info", "kstt_api = info"]
        {
            assert!(filters(Some(wrong.to_owned())).unwrap_err().contains("error, warn, info"), "{wrong}");
        }
    }
}
