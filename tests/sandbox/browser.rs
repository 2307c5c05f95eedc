//! A headless Chromium, driven over its debugging pipe.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A browser with one page; dropping it ends the browser.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    calls: u64,
    session: Option<String>,
    /// Errors that the page wrote to its console, or that the browser reported about it.
    pub complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Starts the browser and opens the page.
    pub fn open(url: &str) -> Self {
        let profile = tempfile::tempdir().expect("a temporary directory");
        // The debugging pipe is descriptors 3 (in) and 4 (out); standard input and output become them.
        let script = "exec chromium --headless --no-sandbox --disable-gpu --no-first-run \
                      --window-size=1100,900 --user-data-dir=\"$0\" --remote-debugging-pipe \
                      3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let mut browser = Self {
            to: child.stdin.take().expect("stdin is piped"),
            from: BufReader::new(child.stdout.take().expect("stdout is piped")),
            child,
            calls: 0,
            session: None,
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached = browser.call(
            "Target.attachToTarget",
            json!({"targetId": target["targetId"], "flatten": true}),
        );
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Runtime.enable", "Log.enable", "Page.enable"] {
            browser.call(domain, json!({}));
        }
        browser.go(url);
        browser
    }

    /// Opens another page.
    pub fn go(&mut self, url: &str) {
        self.call("Page.navigate", json!({"url": url}));
    }

    /// Shows the page as on a screen of this width that prefers this scheme, `light` or `dark`, without animations.
    pub fn screen(&mut self, width: u64, scheme: &str) {
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// The value of a JavaScript expression.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "returnByValue": true});
        let result = self.call("Runtime.evaluate", parameters);
        result["result"]["value"].clone()
    }

    /// Waits until an expression is true, which on a busy machine takes a while.
    pub fn wait_for(&mut self, expression: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.evaluate(expression) != true {
            assert!(Instant::now() < deadline, "never became true: {expression}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Keeps a picture of the page's beginning, for somebody to look at, where `SANDBOX_SCREENSHOTS` names a
    /// directory.
    pub fn keep_picture(&mut self, name: &str) {
        let Some(directory) = std::env::var_os("SANDBOX_SCREENSHOTS") else {
            return;
        };
        let size =
            self.evaluate("[innerWidth, Math.min(document.documentElement.scrollHeight, 2400)]");
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1});
        let picture = self.call(
            "Page.captureScreenshot",
            json!({"captureBeyondViewport": true, "clip": clip}),
        );
        let data = picture["data"].as_str().expect("a picture");
        let bytes = BASE64_STANDARD.decode(data).expect("base64");
        let file = Path::new(&directory).join(format!("{name}.png"));
        std::fs::write(file, bytes).expect("the picture is written");
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut message = json!({"id": self.calls, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let sent = self.to.write_all(format!("{message}\0").as_bytes());
        let missing = "Chromium did not start: run scripts/setup.sh";
        sent.expect(missing);
        loop {
            let mut bytes = Vec::new();
            let read = self.from.read_until(0, &mut bytes);
            assert!(read.is_ok_and(|count| count > 0), "{missing}");
            bytes.pop();
            let answer: Value = serde_json::from_slice(&bytes).expect("the browser speaks JSON");
            if answer["id"] == self.calls {
                // The page is just being left. The next question meets the new one.
                if answer["error"]["message"] == "Inspected target navigated or closed" {
                    return Value::Null;
                }
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.notice(&answer);
        }
    }

    fn notice(&mut self, event: &Value) {
        let entry = &event["params"]["entry"];
        let bad = match event["method"].as_str() {
            Some("Log.entryAdded") => entry["level"] == "error",
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => event["params"]["type"] == "error",
            _ => false,
        };
        // Every browser asks for an icon; the page has none.
        if bad
            && !entry["url"]
                .as_str()
                .unwrap_or("")
                .ends_with("/favicon.ico")
        {
            self.complaints.push(event["params"].to_string());
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
