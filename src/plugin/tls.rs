//! Mutual TLS with exactly one peer: the host, whose certificate came by the environment.
//!
//! A webpki verifier cannot be used: the host presents a certificate that calls itself an authority,
//! which webpki refuses for a peer, and it is self-signed, so equality is all there is to check.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoServerSessionStorage, ParsedCertificate};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName as Name, ServerConfig,
    SignatureScheme,
};

use super::error::StartError;

/// Clocks of one machine agree, but a certificate that starts now is refused when one was just set back.
const BACKDATED: Duration = Duration::from_secs(30);
/// The host connects at once; a connection that stands is not checked again.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// What the socket needs to speak TLS.
pub struct Tls {
    /// The certificate that the host is told to expect.
    pub certificate: CertificateDer<'static>,
    /// The set-up that lets one client in.
    pub config: Arc<ServerConfig>,
}

/// Makes a certificate for this process, and the set-up that admits only the owner of the key of
/// `client_pem`.
pub fn prepare(client_pem: &[u8]) -> Result<Tls, StartError> {
    // P-521, which the host uses for its key, is what asks for this provider.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Arc::new(OneClient {
        certificate: client_certificate(client_pem)?,
        provider: provider.clone(),
    });
    let (certificate, key) = server_certificate()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    // One connection per process: nothing to resume, and no way around the certificate.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Tls {
        certificate,
        config: Arc::new(config),
    })
}

fn client_certificate(pem: &[u8]) -> Result<CertificateDer<'static>, StartError> {
    let unusable = |reason: &dyn ToString| StartError::ClientCertificate(reason.to_string());
    let der = CertificateDer::from_pem_slice(pem).map_err(|error| unusable(&error))?;
    ParsedCertificate::try_from(&der).map_err(|error| unusable(&error))?;
    Ok(der)
}

/// A P-256 certificate for the name the host asks for.
fn server_certificate() -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), StartError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    let now = SystemTime::now();
    params.not_before = now.checked_sub(BACKDATED).unwrap_or(now).into();
    params.not_after = now.checked_add(LIFETIME).unwrap_or(now).into();
    let certificate = params.self_signed(&key)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    Ok((certificate.into(), key.into()))
}

/// Admits the peer that holds the key of one known certificate.
#[derive(Debug)]
struct OneClient {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for OneClient {
    /// None: a hint that names anybody else makes the host withhold its certificate.
    fn root_hint_subjects(&self) -> &[Name] {
        &[]
    }

    fn verify_client_cert(
        &self,
        presented: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *presented == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_certificate_is_refused_in_words() {
        let of_rubbish = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for pem in ["", "rubbish", of_rubbish] {
            let error = prepare(pem.as_bytes()).err().map(|error| error.to_string());
            let error = error.unwrap_or_default();
            assert!(error.contains("PLUGIN_CLIENT_CERT"), "{pem:?}: {error:?}");
        }
    }

    #[test]
    fn only_the_same_certificate_is_admitted() {
        let (known, _) = server_certificate().unwrap();
        let (other, _) = server_certificate().unwrap();
        let verifier = OneClient {
            certificate: known.clone(),
            provider: Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
        };
        assert!(verifier.client_auth_mandatory());
        assert!(
            verifier
                .verify_client_cert(&known, &[], UnixTime::now())
                .is_ok()
        );
        assert!(
            verifier
                .verify_client_cert(&other, &[], UnixTime::now())
                .is_err()
        );
    }
}
