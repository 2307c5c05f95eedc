//! Why a TLS connection was not made, in words that help.

use std::error::Error;

use rustls::CertificateError;

use super::chain;

/// Whether the other side answered a TLS handshake with something else, such as plain HTTP.
pub fn is_no_tls(error: &(dyn Error + 'static)) -> bool {
    matches!(
        tls_error(error),
        Some(rustls::Error::InvalidMessage(
            rustls::InvalidMessage::InvalidContentType
        ))
    )
}

/// What is wrong with the certificate of the server, if that is what an error of the HTTP library is about. A fragment
/// that fits after the name of the server and a colon. Asking again would bring the same certificate.
pub fn untrusted(error: &(dyn Error + 'static)) -> Option<&'static str> {
    match tls_error(error)? {
        rustls::Error::InvalidCertificate(problem) => Some(words(problem)),
        _ => None,
    }
}

fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn words(problem: &CertificateError) -> &'static str {
    use CertificateError as E;
    match problem {
        E::UnknownIssuer | E::BadSignature => {
            "its TLS certificate is not issued by an authority that this machine trusts; the certificate of a \
             private authority can be named in the provider's ca_certificate_file"
        }
        E::Expired | E::ExpiredContext { .. } => "its TLS certificate has expired",
        E::NotValidYet | E::NotValidYetContext { .. } => "its TLS certificate is not valid yet",
        E::NotValidForName | E::NotValidForNameContext { .. } => {
            "its TLS certificate is for another host name"
        }
        E::Revoked => "its TLS certificate has been revoked",
        _ => "its TLS certificate is not valid",
    }
}
