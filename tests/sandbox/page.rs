//! The page at `/`, in a real browser.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::Connection;
use serde_json::json;
use support::executables;
use support::sandbox::Sandbox;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_everything_and_updates_itself() {
    let sandbox = Sandbox::start();
    let mut browser = Browser::open(&sandbox.page_url);
    browser.wait_for("document.body.innerText.includes('None yet.')");
    // A page that is loaded anew loses this mark.
    browser.evaluate("window.sameDocument = true");

    let project = sandbox
        .create_project("shop", &["falkenstein-1", "helsinki-1"])
        .await;
    let id = sandbox
        .create_registry("images", "127.0.0.1:1", "acme-bot", "page-canary-secret")
        .await;
    sandbox.attach(&project, "images").await;
    browser.wait_for("document.querySelector('#cost').innerText == '$0.06'");
    browser.wait_for("document.querySelector('.current b').innerText == 'v1'");

    let hostile = "<img src=x onerror=alert(1)>";
    let body = json!({
        "handle": "hub", "name": hostile, "server": "docker.io", "username": "acme",
        "password": "page-canary-secret-3",
    });
    let hub = sandbox
        .call("POST", "/registries", Some(body))
        .await
        .expect(201);
    browser.wait_for(&format!("document.body.innerText.includes('{hostile}')"));
    assert_eq!(browser.evaluate("document.images.length"), 0);
    let path = format!("/registries/{}", hub.text());
    sandbox.call("DELETE", &path, None).await.expect(200);
    browser.wait_for("document.body.innerText.includes('Spent handles: hub')");

    sandbox
        .rotate(&id, "acme-bot", "page-canary-secret-2")
        .await;
    browser.wait_for("document.querySelector('.current.fresh b')?.innerText == 'v2'");
    browser.wait_for("document.querySelector('#news').innerText == 'images: version 2 is current'");
    sandbox.activate(&id, 1).await;
    browser.wait_for("document.querySelector('.current').innerText.startsWith('v1 again')");
    let turns = "[...document.querySelectorAll('.turn b')].map(turn => turn.innerText)";
    assert_eq!(browser.evaluate(turns), json!(["v1", "v2", "v1"]));
    let new = "document.querySelectorAll('#registries .fresh').length";
    assert_eq!(browser.evaluate(new), 1, "only what is new lights up");

    assert_eq!(browser.evaluate("window.sameDocument"), true);
    let page = browser.evaluate("document.documentElement.outerHTML");
    assert!(!page.as_str().unwrap().contains("page-canary"));
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_timeline_shows_which_deployment_used_which_version() {
    let world = World::new().await;
    let id = world.attached_registry("images").await;
    let web = world.container("web", Some("images")).await;
    world.container("idle", None).await;
    let over = world.container("over", None).await;
    let path = format!("/containers/{over}/terminate");
    world.sandbox.call("POST", &path, None).await.expect(200);
    world.deploy(&web, "deploy").await;
    world.sandbox.rotate(&id, "bot", "not-the-password").await;
    world.deploy(&web, "redeploy").await;
    world.sandbox.activate(&id, 1).await;
    world.deploy(&web, "redeploy").await;

    let mut browser = Browser::open(&world.sandbox.page_url);
    browser.wait_for("document.querySelectorAll('.use').length == 3");
    let uses = "[...document.querySelectorAll('.turn')].map(turn => turn.querySelector('b').innerText + ' '
        + [...turn.querySelectorAll('.use')].map(used => used.innerText))";
    let wanted = ["v1 ✓ web no. 1", "v2 ✗ web no. 2", "v1 ✓ web no. 3"];
    assert_eq!(browser.evaluate(uses), json!(wanted));
    let text = "document.body.innerText";
    for shown in ["2\ncontainers", "Containers 2", "Terminated: over"] {
        browser.wait_for(&format!("{text}.includes({})", json!(shown)));
    }

    // A version that is not retained any more stays on the timeline.
    let path = format!("/registries/{id}");
    let keep_one = json!({
        "handle": "images", "name": "images", "maxversions": 1, "username": "bot",
        "server": world.server.address,
    });
    let reply = world.sandbox.call("PUT", &path, Some(keep_one)).await;
    reply.expect(200);
    browser.wait_for("document.querySelector('.turn.gone')?.innerText.startsWith('v2 made')");
    browser.screen(1440, "light");
    browser.keep_picture("timeline");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_before_there_were_timelines_gets_them() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox.db");
    let mut sandbox = Sandbox::options().database(&file).start();
    let id = sandbox.registry("images", "one").await;
    sandbox.rotate(&id, "bot", "two").await;
    sandbox.kill();
    let database = Connection::open(&file).unwrap();
    database.execute("DROP TABLE turns", []).unwrap();
    drop(database);
    // The second start finds the timeline of the first and adds nothing to it.
    sandbox.restart();
    sandbox.restart();
    let mut browser = Browser::open(&sandbox.page_url);
    browser.wait_for("document.querySelectorAll('.turn').length == 1");
    browser.wait_for("document.querySelector('.current').innerText.startsWith('v2 made')");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_told_by_time_and_handle_and_chosen_by_kind() {
    let sandbox = Sandbox::start();
    let id = sandbox.registry("images", "one").await;
    for _ in 0..20 {
        let path = format!("/registries/{id}");
        sandbox.call("GET", &path, None).await.expect(200);
    }
    sandbox
        .call("GET", "/registries/none", None)
        .await
        .expect(404);
    let mut browser = Browser::open(&format!("{}?requests=reads", sandbox.page_url));
    browser.wait_for("document.querySelectorAll('#requests tbody').length == 21");
    let last = "[...document.querySelectorAll('#requests tbody:nth-last-of-type(1) td')].map(cell => cell.innerText)";
    let cells = browser.evaluate(last);
    assert_eq!(cells[2], "/registries/images");
    assert_eq!(cells[3], "200");
    let time = cells[0].as_str().unwrap();
    assert!(
        time.len() == 8 && time.matches(':').count() == 2,
        "a time: {time}"
    );
    for (kind, rows) in [("writes", 1), ("failed", 1), ("all", 22)] {
        browser.evaluate(&format!(
            "document.querySelector('.kinds a[href*={kind}]').click()"
        ));
        browser.wait_for(&format!(
            "location.search == '?requests={kind}' && document.querySelectorAll('#requests tbody').length == {rows}
             && document.querySelector('[aria-current]').innerText == '{kind} {rows}'"
        ));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_sandbox_says_what_to_type_first_and_a_full_one_shows_no_token() {
    let sandbox = Sandbox::start();
    let mut browser = Browser::open(&sandbox.page_url);
    browser.wait_for("document.querySelector('#terraform') != null");
    let mut told = |id: &str| {
        let text = browser.evaluate(&format!("document.querySelector('#{id}').innerText"));
        text.as_str().unwrap().to_owned()
    };
    let exports = told("exports");
    assert!(exports.contains(&sandbox.token) && exports.contains(&sandbox.api_url));
    let (project, terraform) = (told("project"), told("terraform"));
    let shell = Shell::with_the_provider_installed();
    let made = shell.types(&format!("{exports}{project}"));
    assert!(made.contains("\"code\":201"), "{made}");
    browser.wait_for("document.querySelector('#projects-count').innerText == '1'");
    browser.wait_for("document.querySelector('#project') == null");
    let applied = shell.types(&format!("{exports}{terraform}"));
    assert!(applied.contains("2 added"), "{applied}");
    browser.wait_for("document.querySelector('#start').innerText == ''");
    let page = browser.evaluate("document.documentElement.outerHTML");
    assert!(!page.as_str().unwrap().contains(&sandbox.token));
    // A name that is pointed at this machine from elsewhere gets nothing.
    let elsewhere = reqwest::Client::new()
        .get(&sandbox.page_url)
        .header("Host", "rebound.example:80");
    assert_eq!(elsewhere.send().await.unwrap().status(), 403);
}

/// A shell in a copy of the source, as after `make install`, that says yes where Terraform asks.
struct Shell(TempDir);

impl Shell {
    fn with_the_provider_installed() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let arch = if cfg!(target_arch = "aarch64") {
            "arm64"
        } else {
            "amd64"
        };
        let package = directory.path().join(format!(
            "plugins/registry.terraform.io/bahriya-rs/bahriya/{version}/{}_{arch}",
            std::env::consts::OS
        ));
        fs::create_dir_all(&package).unwrap();
        let provider = package.join(format!("terraform-provider-bahriya_v{version}"));
        symlink(executables::provider(), provider).unwrap();
        let plugins = directory.path().join("plugins");
        let settings = format!(
            "provider_installation {{\n filesystem_mirror {{\n path = {plugins:?}\n }}\n}}\n"
        );
        fs::write(directory.path().join("terraform.rc"), settings).unwrap();
        let quickstart = "examples/quickstart";
        fs::create_dir_all(directory.path().join(quickstart)).unwrap();
        let main = Path::new(quickstart).join("main.tf");
        fs::copy(&main, directory.path().join(&main)).unwrap();
        Self(directory)
    }

    /// What is printed when these lines are typed; none of them may fail.
    fn types(&self, lines: &str) -> String {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new("sh")
            .args(["-euc", lines])
            .current_dir(self.0.path())
            .env("TF_CLI_CONFIG_FILE", self.0.path().join("terraform.rc"))
            .env("TF_CLI_ARGS_apply", "-auto-approve")
            .output()
            .unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_says_that_the_sandbox_has_ended_and_goes_on_when_it_is_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut sandbox = Sandbox::options()
        .database(&directory.path().join("sandbox.db"))
        .start();
    sandbox.create_project("shop", &["helsinki-1"]).await;
    let mut browser = Browser::open(&sandbox.page_url);
    browser.wait_for("document.querySelector('#projects-count')?.innerText == '1'");
    assert_eq!(
        browser.evaluate("document.querySelector('#ended').hidden"),
        true
    );
    sandbox.kill();
    browser.wait_for("document.body.innerText.includes('The sandbox has ended.')");
    browser.screen(768, "dark");
    browser.keep_picture("ended");
    sandbox.restart();
    browser.wait_for("document.querySelector('#ended').hidden");
    sandbox.create_project("lab", &["helsinki-1"]).await;
    browser.wait_for("document.querySelector('#projects-count').innerText == '2'");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_readable_on_every_screen_in_both_schemes() {
    let sandbox = Sandbox::start();
    let mut browser = Browser::open(&sandbox.page_url);
    let mut made = 0;
    for registries in [0, 3, 300] {
        while made < registries {
            let (handle, server) = &NAMES[made % NAMES.len()];
            let handle = match made / NAMES.len() {
                0 => (*handle).to_owned(),
                round => format!("{handle}-{round}"),
            };
            let id = sandbox
                .create_registry(&handle, server, "robot$acme+deploy", "one")
                .await;
            if made < 3 {
                let project = ["shop", "web-of-the-warehouse", "lab"][made];
                let regions = ["falkenstein-1", "helsinki-1", "virginia-1"];
                let project = sandbox.create_project(project, &regions).await;
                sandbox.attach(&project, &handle).await;
                sandbox.rotate(&id, "robot$acme+deploy", "two").await;
            }
            made += 1;
        }
        if registries == 3 {
            let container = json!({
                "handle": "api", "project": "shop", "registry": NAMES[0].0,
                "image": "127.0.0.1:1/acme/back-office/api:1.4.0", "regions": ["falkenstein-1", "helsinki-1"],
            });
            let reply = sandbox.call("POST", "/containers", Some(container)).await;
            let path = format!("/containers/{}/deploy", reply.expect(201).text());
            sandbox.call("POST", &path, None).await.expect(201);
        }
        browser.wait_for(&format!(
            "document.querySelector('#registries-count')?.innerText == '{registries}'"
        ));
        for width in [360, 768, 1440] {
            for scheme in ["light", "dark"] {
                browser.screen(width, scheme);
                let name = format!("{registries}-{width}-{scheme}");
                browser.keep_picture(&name);
                for (what, check) in [
                    ("wider than the screen", WIDER),
                    ("broken inside a word", BROKEN),
                    ("not under its heading", ASKEW),
                    ("hard to read", PALE),
                ] {
                    let found = browser.evaluate(check);
                    assert_eq!(found, json!([]), "{name}: {what}");
                }
            }
        }
    }
}

/// Handles and servers as they are found, the long ones too.
const NAMES: [(&str, &str); 3] = [
    ("ghcr-deploy", "ghcr.io"),
    (
        "elastic-container-registry-of-the-warehouse",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    ),
    ("harbor", "harbor.internal.example:8443"),
];

const WIDER: &str = "[document.documentElement, ...document.querySelectorAll('.scroll')]
    .filter(it => it.scrollWidth > it.clientWidth).map(it => it.id || it.tagName)";

/// What a shell is to be given may be broken anywhere.
const BROKEN: &str = r"(() => {
    const broken = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (text.parentElement.closest('pre, script')) continue;
        for (const word of text.data.matchAll(/[^\s\/.:@_-]+/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map(part => Math.round(part.top)));
            if (lines.size > 1) broken.push(word[0]);
        }
    }
    return broken;
})()";

const ASKEW: &str = "(() => {
    const right = cell => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return range.getBoundingClientRect().right;
    };
    const askew = [];
    for (const table of document.querySelectorAll('table')) {
        if (getComputedStyle(table.tHead).display == 'none') continue;
        [...table.tHead.rows[0].cells].forEach((heading, at) => {
            if (heading.className != 'number') return;
            for (const body of table.tBodies) {
                if (Math.abs(right(heading) - right(body.rows[0].cells[at])) > 1) askew.push(heading.innerText);
            }
        });
    }
    return askew;
})()";

/// The contrast that WCAG asks of text: 4.5 to 1.
const PALE: &str = r"(() => {
    const parts = colour => colour.match(/[\d.]+/g).map(Number);
    const light = colour => {
        const [r, g, b] = parts(colour).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        const colour = getComputedStyle(element).backgroundColor;
        return parts(colour)[3] === 0 && element.parentElement ? behind(element.parentElement) : colour;
    };
    const pale = new Set();
    for (const element of document.querySelectorAll('body *')) {
        const texts = [...element.childNodes].filter(node => node.nodeType == 3 && node.data.trim());
        if (!texts.length || !element.checkVisibility() || element.closest('#news')) continue;
        const [low, high] = [getComputedStyle(element).color, behind(element)].map(light).sort((a, b) => a - b);
        if ((high + 0.05) / (low + 0.05) < 4.5) pale.add(element.outerHTML.slice(0, 80));
    }
    return [...pale];
})()";
