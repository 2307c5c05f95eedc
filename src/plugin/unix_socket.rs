//! The unix socket: in a directory of its own that only its user may enter.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};

use super::error::StartError;
use super::host::Host;

/// A listening socket; its directory goes with it.
pub struct UnixSocket {
    listener: UnixListener,
    _directory: TempDir,
}

impl UnixSocket {
    /// Listens in a fresh directory, under the first parent that can be used, and answers the path.
    pub fn bind(host: &Host) -> Result<(Self, String), StartError> {
        let asked = host.socket_directory.clone();
        let asked = asked.unwrap_or_else(std::env::temp_dir);
        let mut refusals = Vec::new();
        for parent in [asked, PathBuf::from("/tmp")] {
            match Self::bind_under(&parent) {
                Ok(bound) => return Ok(bound),
                Err(error) => refusals.push(format!("{}: {error}", parent.display())),
            }
        }
        Err(StartError::NoSocket(refusals.join("; ")))
    }

    fn bind_under(parent: &Path) -> io::Result<(Self, String)> {
        let directory = tempfile::Builder::new()
            .prefix("plugin")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(std::path::absolute(parent)?)?;
        let path = directory.path().join("socket");
        let Some(address) = path.to_str().map(str::to_owned) else {
            return Err(io::Error::other("the path is not UTF-8"));
        };
        // The fields of the handshake line are separated by this, and the line by its end.
        if address.contains(['|', '\n']) {
            return Err(io::Error::other("the path does not fit the handshake line"));
        }
        let listener = UnixListener::bind(&path)?;
        let socket = Self {
            listener,
            _directory: directory,
        };
        Ok((socket, address))
    }

    /// The next connection of an allowed user. The directory keeps the others out already; this holds where a file
    /// system ignores permissions.
    pub async fn accept(&self) -> io::Result<UnixStream> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            let peer = stream.peer_cred()?.uid();
            if is_allowed(peer, rustix::process::geteuid().as_raw()) {
                return Ok(stream);
            }
            tracing::warn!(peer, "refused a connection of another user");
        }
    }
}

/// Root can read our memory anyway, and may have started us as somebody else.
fn is_allowed(peer: u32, own: u32) -> bool {
    peer == own || peer == 0
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn host(directory: &Path) -> Host {
        Host {
            socket_directory: Some(directory.to_owned()),
            ..Host::default()
        }
    }

    #[tokio::test]
    async fn the_directory_is_private_and_goes_with_the_socket() {
        let parent = tempfile::tempdir().unwrap();
        let (socket, address) = UnixSocket::bind(&host(parent.path())).unwrap();
        let directory = Path::new(&address).parent().unwrap().to_owned();
        assert_eq!(directory.parent(), Some(parent.path()));
        let mode = fs::metadata(&directory).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(socket);
        assert!(!directory.exists());
    }

    #[tokio::test]
    async fn a_path_that_is_too_long_falls_back() {
        let parent = tempfile::tempdir().unwrap();
        let long = parent.path().join("x".repeat(90));
        fs::create_dir(&long).unwrap();
        let (_socket, address) = UnixSocket::bind(&host(&long)).unwrap();
        assert!(address.starts_with("/tmp/plugin"), "{address}");
        assert_eq!(
            fs::read_dir(&long).unwrap().count(),
            0,
            "nothing is left behind"
        );
    }

    #[test]
    fn other_users_are_strangers_and_root_is_not() {
        assert!(is_allowed(1000, 1000) && is_allowed(0, 1000));
        assert!(!is_allowed(1001, 1000) && !is_allowed(1000, 0));
    }
}
