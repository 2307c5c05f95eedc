//! A private certificate authority, for servers that speak TLS on this machine.

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivatePkcs8KeyDer;

/// The authority, and a certificate that it issued.
pub struct Authority {
    pub ca: Certificate,
    pub leaf: Certificate,
    pub key: KeyPair,
}

impl Authority {
    /// With a certificate for this machine.
    pub fn local() -> Self {
        Self::issuing_for(&["localhost", "127.0.0.1"])
    }

    pub fn issuing_for(names: &[&str]) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_key = KeyPair::generate().unwrap();
        let ca = params.self_signed(&ca_key).unwrap();
        let issuer = Issuer::new(params, ca_key);
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|n| n.to_string()).collect();
        let leaf = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        Self { ca, leaf, key }
    }

    /// A server that shows the certificate.
    pub fn server_config(&self) -> ServerConfig {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der()).into();
        ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.leaf.der().clone()], key)
            .unwrap()
    }
}
