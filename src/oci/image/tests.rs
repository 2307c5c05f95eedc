use proptest::prelude::*;

use super::*;

const SHA256: &str = "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

fn read(text: &str) -> (String, String, Option<String>, Option<String>) {
    let image = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let again = parse(&image.to_string());
    assert_eq!(again.as_ref(), Ok(&image), "{text} does not come back");
    (image.host, image.repository, image.tag, image.digest)
}

#[test]
fn references_by_the_grammar() {
    for (text, host, repository, tag) in [
        ("nginx", "docker.io", "library/nginx", None),
        ("nginx:1.27", "docker.io", "library/nginx", Some("1.27")),
        ("bitnami/nginx", "docker.io", "bitnami/nginx", None),
        ("docker.io/nginx", "docker.io", "library/nginx", None),
        ("index.docker.io/nginx", "docker.io", "library/nginx", None),
        ("Docker.IO/nginx", "docker.io", "library/nginx", None),
        (
            "docker.io/library/nginx",
            "docker.io",
            "library/nginx",
            None,
        ),
        ("docker.io/a/b/c", "docker.io", "a/b/c", None),
        (
            "registry-1.docker.io/nginx",
            "registry-1.docker.io",
            "nginx",
            None,
        ),
        (
            "ghcr.io/my-org/api:1.4.0",
            "ghcr.io",
            "my-org/api",
            Some("1.4.0"),
        ),
        (
            "Registry.Example.com/app",
            "Registry.Example.com",
            "app",
            None,
        ),
        ("test.com:5000/repo", "test.com:5000", "repo", None),
        ("test:5000/repo:tag", "test:5000", "repo", Some("tag")),
        ("test:5000", "docker.io", "library/test", Some("5000")),
        ("localhost", "docker.io", "library/localhost", None),
        ("localhost/app", "localhost", "app", None),
        ("localhost:5000/app", "localhost:5000", "app", None),
        (
            "localhost:5000",
            "docker.io",
            "library/localhost",
            Some("5000"),
        ),
        (
            "lowercase:Uppercase",
            "docker.io",
            "library/lowercase",
            Some("Uppercase"),
        ),
        ("foo.bar", "docker.io", "library/foo.bar", None),
        ("foo.bar/baz", "foo.bar", "baz", None),
        (
            "foo/foo_bar.com:8080",
            "docker.io",
            "foo/foo_bar.com",
            Some("8080"),
        ),
        ("a/b", "docker.io", "a/b", None),
        ("a__b", "docker.io", "library/a__b", None),
        ("a----b/c.d", "docker.io", "a----b/c.d", None),
        ("0/1", "docker.io", "0/1", None),
        (
            "xn--n3h.com/myimage:xn--n3h.com",
            "xn--n3h.com",
            "myimage",
            Some("xn--n3h.com"),
        ),
        (
            "sub-dom1.foo.com/bar/baz/quux:some-long-tag",
            "sub-dom1.foo.com",
            "bar/baz/quux",
            Some("some-long-tag"),
        ),
        (
            "b.gcr.io/test.example.com/my-app:test.example.com",
            "b.gcr.io",
            "test.example.com/my-app",
            Some("test.example.com"),
        ),
        ("192.168.1.1", "docker.io", "library/192.168.1.1", None),
        (
            "192.168.1.1:tag",
            "docker.io",
            "library/192.168.1.1",
            Some("tag"),
        ),
        ("192.168.1.1/repo", "192.168.1.1", "repo", None),
        (
            "192.168.1.1:5000/repo:5050",
            "192.168.1.1:5000",
            "repo",
            Some("5050"),
        ),
        ("[2001:db8::1]/repo", "[2001:db8::1]", "repo", None),
        (
            "[2001:DB8::1]:5000/repo:tag",
            "[2001:DB8::1]:5000",
            "repo",
            Some("tag"),
        ),
        ("[::1]:5000/a/b", "[::1]:5000", "a/b", None),
        (
            "test.com/x:_tag.with-all",
            "test.com",
            "x",
            Some("_tag.with-all"),
        ),
    ] {
        let expected = (
            host.to_owned(),
            repository.to_owned(),
            tag.map(str::to_owned),
            None,
        );
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn digests() {
    for (text, tag) in [
        ("test:5000/repo", None),
        ("test:5000/repo:tag", Some("tag")),
    ] {
        let (host, repository, read_tag, digest) = read(&format!("{text}@{SHA256}"));
        assert_eq!((host.as_str(), repository.as_str()), ("test:5000", "repo"));
        assert_eq!(read_tag.as_deref(), tag);
        assert_eq!(digest.as_deref(), Some(SHA256));
    }
    for digest in [
        format!("sha512:{}", "a".repeat(128)),
        format!("sha384:{}", "a".repeat(96)),
        format!("blake3:{}", "0".repeat(64)),
    ] {
        assert_eq!(read(&format!("nginx@{digest}")).3, Some(digest));
    }
    let length = |algorithm, digits| ImageError::DigestLength { algorithm, digits };
    for (digest, error) in [
        (String::new(), ImageError::Digest),
        ("sha256".to_owned(), ImageError::Digest),
        ("sha256:".to_owned(), length("sha256", 64)),
        (SHA256[..70].to_owned(), length("sha256", 64)),
        (format!("{SHA256}f"), length("sha256", 64)),
        (SHA256.to_uppercase(), ImageError::Digest),
        (SHA256.replace("ff", "FF"), length("sha256", 64)),
        (SHA256.replace("ff", "xx"), ImageError::Digest),
        (format!("sha512:{}", "a".repeat(64)), length("sha512", 128)),
        (format!(":{}", "a".repeat(64)), ImageError::Digest),
        (format!("2sha:{}", "a".repeat(64)), ImageError::Digest),
        (format!("sha--x:{}", "a".repeat(64)), ImageError::Digest),
        (format!("sha+:{}", "a".repeat(64)), ImageError::Digest),
        (
            format!("invaliddigest:{}", "f".repeat(64)),
            ImageError::DigestAlgorithm,
        ),
        (
            format!("sha265+x_y.z2:{}", "f".repeat(64)),
            ImageError::DigestAlgorithm,
        ),
        (format!("{SHA256}@{SHA256}"), ImageError::Digest),
    ] {
        assert_eq!(parse(&format!("nginx@{digest}")), Err(error), "{digest}");
    }
}

#[test]
fn length_limits() {
    let longest = format!("{}a", "a/".repeat(127));
    assert_eq!(read(&longest).1.len(), 255);
    assert_eq!(
        parse(&format!("{longest}a")),
        Err(ImageError::RepositoryTooLong)
    );
    assert_eq!(read(&format!("test.com:5000/{longest}:tag")).1.len(), 255);
    let tag = "t".repeat(128);
    assert_eq!(read(&format!("x:{tag}")).2, Some(tag.clone()));
    assert_eq!(parse(&format!("x:{tag}t")), Err(ImageError::Tag));
}

#[test]
fn upper_case_in_the_repository_is_explained() {
    for (text, shown) in [
        ("Uppercase:tag", "Uppercase"),
        ("MyOrg/app", "MyOrg/app"),
        ("LOCALHOST/app", "LOCALHOST/app"),
        ("test:5000/Uppercase/lowercase:tag", "Uppercase/lowercase"),
        ("docker.io/MyOrg/App:1", "MyOrg/App"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error, ImageError::UpperCase(shown.to_owned()), "{text}");
        let advice = format!("write `{}`", shown.to_lowercase());
        assert!(error.to_string().ends_with(&advice), "{error}");
    }
}

#[test]
fn nonsense_is_refused_with_its_reason() {
    use ImageError::*;
    for (text, error) in [
        ("", Empty),
        (":tag", NoRepository),
        ("@sha256:x", NoRepository),
        (&SHA256[7..], Identifier),
        ("https://ghcr.io/x", Scheme),
        ("ghcr.io/", NoRepository),
        ("ghcr.io/x/", Repository),
        ("ghcr.io//x", Repository),
        ("/x", Repository),
        ("x//y", Repository),
        ("x/", Repository),
        ("aa/asdf$$^/aa", Repository),
        ("-foo/bar", Repository),
        ("foo/bar-", Repository),
        ("foo-/bar", Repository),
        (".foo", Repository),
        ("foo..bar", Repository),
        ("foo___bar", Repository),
        ("foo._bar", Repository),
        ("foo.-bar", Repository),
        ("foo bar", Repository),
        ("foo\n", Repository),
        ("fóo", Repository),
        ("foo:", Tag),
        ("foo:.x", Tag),
        ("foo:-x", Tag),
        ("foo:a:b", Tag),
        ("foo:a b", Tag),
        ("foo:é", Tag),
        ("[2001:db8::1]", NoRepository),
        ("[2001:db8::1]:5000", NoRepository),
        ("[2001:db8::1]:tag", NoRepository),
        ("[fe80::1%eth0]:5000/repo", Host(ServerError::Host)),
        ("2001:db8::1/repo", Host(ServerError::Host)),
        ("[:::1]/repo", Host(ServerError::Host)),
        ("my_host.example/repo", Host(ServerError::Host)),
        ("-test.com/repo", Host(ServerError::Host)),
        ("test:x/repo", Host(ServerError::Port)),
        ("test:/repo", Host(ServerError::Port)),
        ("test:65536/repo", Host(ServerError::Port)),
    ] {
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
}

/// Every part at random within the grammar, written out from its public description.
fn reference() -> impl Strategy<Value = ImageReference> {
    let host = prop_oneof![
        Just("docker.io".to_owned()),
        Just("localhost".to_owned()),
        Just("[2001:db8::1]:5000".to_owned()),
        "[a-zA-Z0-9]([a-zA-Z0-9-]{0,5}[a-zA-Z0-9])?(\\.[a-z]{2,5}){1,3}(:[1-9][0-9]{0,3})?",
        "[a-z][a-z0-9]{0,5}:[1-9][0-9]{0,3}",
    ];
    let repository =
        "[a-z0-9]{1,6}((\\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}(/[a-z0-9]{1,6}(-[a-z0-9]{1,4})?){1,3}";
    let tag = proptest::option::of("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    let digest = proptest::option::of("sha256:[0-9a-f]{64}");
    (host, repository, tag, digest).prop_map(|(host, repository, tag, digest)| ImageReference {
        host,
        repository,
        tag,
        digest,
    })
}

proptest! {
    #[test]
    fn a_reference_comes_back_from_its_text(image in reference()) {
        prop_assert_eq!(parse(&image.to_string()), Ok(image));
    }

    #[test]
    fn any_text_is_judged_without_a_panic(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn what_is_taken_comes_back(text in "(docker\\.io/|index\\.docker\\.io/|\\[::1\\]/)?[a-zA-Z0-9.:/@_-]{1,24}") {
        if let Ok(image) = parse(&text) {
            prop_assert_eq!(parse(&image.to_string()), Ok(image));
        }
    }

    /// Another implementation of the same grammar agrees, where ours is not stricter on purpose.
    #[test]
    fn an_independent_parser_agrees(
        text in "(docker\\.io/|ghcr\\.io/|localhost/|h:[1-9][0-9]{0,3}/)?[a-z0-9._/-]{1,16}(:[a-zA-Z0-9._-]{1,8})?"
    ) {
        let first = text.split('/').next().unwrap_or("");
        let (host, _) = first.split_once(':').unwrap_or((first, ""));
        let last_label = host.rsplit('.').next().unwrap_or("");
        let stricter = host.contains('_') || last_label.starts_with(|c: char| c.is_ascii_digit());
        let theirs = text.parse::<oci_client::Reference>();
        match (parse(&text), theirs) {
            (Ok(ours), Ok(theirs)) => {
                prop_assert_eq!(ours.host.as_str(), theirs.registry());
                prop_assert_eq!(ours.repository.as_str(), theirs.repository());
                prop_assert_eq!(ours.tag.as_deref().unwrap_or("latest"), theirs.tag().unwrap_or(""));
            }
            (Err(ImageError::Host(_)), Ok(_)) if stricter => {}
            (ours, theirs) => prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", text),
        }
    }
}
