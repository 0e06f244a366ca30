//! The authorities whose certificates are believed: the system's, and those of `FNCY_CA_FILE`.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::config::parser::Parser;
use crate::config::setting::Setting;

/// `needs_some` is off where every endpoint is on loopback: a development machine without certificates still works.
pub(crate) fn roots(needs_some: bool, parser: &mut Parser<'_>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    if let Some(path) = parser.value(Setting::CaFile)
        && let Err(cause) = add(&mut roots, path)
    {
        parser.errors.add(
            Setting::CaFile,
            format_args!(
                "names {path:?} ({cause}); write the path of a PEM file with certificates that this process may read"
            ),
        );
    }
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    let causes = unread(&found.errors);
    if needs_some && roots.is_empty() {
        let causes = match causes.as_str() {
            "" => String::new(),
            causes => format!(" ({causes})"),
        };
        parser.errors.add_general(format!(
            "No certificate of any authority could be read on this machine{causes}; install the package ca-certificates, or write into SSL_CERT_FILE the path of a PEM file that this process may read."
        ));
    } else if !found.errors.is_empty() {
        let cause = causes;
        tracing::warn!(cause, "certificates of authorities could not be read");
    }
    roots
}

fn add(roots: &mut RootCertStore, path: &str) -> Result<(), String> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() {
        return Err("no certificate is in it".to_owned());
    }
    Ok(())
}

/// Which certificates could not be read, and why.
fn unread(errors: &[rustls_native_certs::Error]) -> String {
    let set = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter();
    let set = set.filter_map(|name| Some(format!("{name} is {:?}", std::env::var_os(name)?)));
    let parts: Vec<_> = set.chain(errors.iter().map(ToString::to_string)).collect();
    parts.join("; ")
}
