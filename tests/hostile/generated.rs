//! Answers made of a secret: in every form, cut anywhere, in every place, to every operation.

use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use support::core::{Object, REGISTRY, Trouble};
use support::encodings::{FORMS, Form, WINDOW};
use support::scripted::{Got, Stream, reply, serve};

use crate::{ORGANISATION, PASSWORD, TOKEN, Victim, config};

/// Stored in the state and never configured here.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgq7Lz\n\
    Zt0kYxWn3e/+Vb5HdUo2sTfJ81aRcXyM6pGhK9uDwQeLi4NvBmCz\n-----END PRIVATE KEY-----\n";
/// What no argument ever held.
const UNKNOWN: &str = "ghp_Zx81Qw72Er63Ty54Ui45Op36As27Df18";
const ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Read,
    Create,
    Rotate,
    Delete,
}

/// Where in an answer the text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Message,
    ObjectMessage,
    Dump,
    ServerError,
    RequestId,
    NotFound,
    Page,
    Name,
}

const PLACES: [Place; 8] = [
    Place::Message,
    Place::ObjectMessage,
    Place::Dump,
    Place::ServerError,
    Place::RequestId,
    Place::NotFound,
    Place::Page,
    Place::Name,
];

/// What the server says next.
#[derive(Clone)]
struct Answer {
    operation: Operation,
    place: Place,
    text: String,
}

/// An API that is well, but for the answers to one kind of request.
async fn answer(said: Answer, request: Got, stream: Stream) -> std::io::Result<()> {
    let (method, path) = (request.method.as_str(), request.target.as_str());
    let below = path
        .split(&format!("{ORGANISATION}/"))
        .nth(1)
        .unwrap_or_default();
    let hostile = match said.operation {
        Operation::Read => method == "GET" && below.starts_with("registries"),
        Operation::Create | Operation::Rotate => method == "POST" || method == "PUT",
        Operation::Delete => method == "DELETE",
    };
    if hostile {
        return say(said, stream).await;
    }
    let registry = json!({"id": ID, "handle": "ghcr", "name": "Images", "server": "ghcr.io", "username": "bot",
        "maxversions": 5, "currentversion": 1, "versioncount": 1, "billable": true});
    let version =
        json!({"id": "v1", "version": 1, "server": "ghcr.io", "username": "bot", "current": true});
    let (status, data) = match below {
        _ if path.ends_with("/organisations") => (
            200,
            json!({"count": 1, "organisations": [{"id": ORGANISATION}]}),
        ),
        "registries" => (200, json!({"count": 1, "registries": [registry]})),
        _ if below.ends_with("/versions") => (200, json!({"count": 1, "versions": [version]})),
        _ if below.starts_with("registries/") => (200, registry),
        "projects" => (200, json!({"count": 0, "projects": []})),
        _ => (404, json!("Not found.")),
    };
    let body = json!({"code": status, "status": "X", "data": data}).to_string();
    reply(stream, &format!("HTTP/1.1 {status} X"), body.as_bytes()).await
}

async fn say(said: Answer, stream: Stream) -> std::io::Result<()> {
    let text = said.text;
    let (status, head, data) = match said.place {
        Place::Message => (
            400,
            String::new(),
            json!(format!("The value {text} is not allowed.")),
        ),
        Place::ObjectMessage => (
            409,
            String::new(),
            json!({"message": text, "blocked": true}),
        ),
        Place::Dump => (
            400,
            String::new(),
            json!(format!(
                "Could not map type `Bahriya\\Registry` with value array{{handle: 'ghcr', password: '{text}…'}}. A total of \
             2 errors were encountered."
            )),
        ),
        Place::ServerError => (500, String::new(), json!(text)),
        Place::NotFound => (404, String::new(), json!(format!("Nothing at {text}"))),
        Place::RequestId => {
            let id: String = text.chars().filter(char::is_ascii_graphic).collect();
            (403, format!("\r\nx-request-id: {id}"), json!("no"))
        }
        Place::Name => {
            let data = json!({"id": ID, "handle": "ghcr", "name": text, "server": "ghcr.io", "username": "bot",
                "maxversions": 5});
            (200, String::new(), data)
        }
        Place::Page => {
            return reply(stream, "HTTP/1.1 200 X", format!("<html>{text}").as_bytes()).await;
        }
    };
    let body = json!({"code": status, "status": "X", "data": data}).to_string();
    reply(
        stream,
        &format!("HTTP/1.1 {status} X{head}"),
        body.as_bytes(),
    )
    .await
}

/// A provider, and the server that it speaks to.
struct Trial {
    victim: Victim,
    said: Arc<Mutex<Answer>>,
    /// How much of what was told and logged has been searched.
    told: usize,
    logged: usize,
    answers: usize,
}

impl Trial {
    async fn start() -> Self {
        let said = Arc::new(Mutex::new(Answer {
            operation: Operation::Read,
            place: Place::Message,
            text: String::new(),
        }));
        let shared = Arc::clone(&said);
        let address = serve(move |request, stream| {
            let said = shared.lock().expect("no panic").clone();
            answer(said, request, stream)
        })
        .await;
        let mut victim = Victim::start(&address, ORGANISATION, TOKEN).await;
        victim.begin().await;
        let (told, logged, answers) = (0, 0, 0);
        Self {
            victim,
            said,
            told,
            logged,
            answers,
        }
    }

    /// Lets an operation meet an answer with this text, and gives what was told and logged.
    async fn meets(&mut self, operation: Operation, place: Place, text: String) -> String {
        *self.said.lock().expect("no panic") = Answer {
            operation,
            place,
            text,
        };
        self.answers += 1;
        let stored = Object {
            state: self.victim.core.block(REGISTRY, stored()),
            private: Vec::new(),
            identity: None,
            tainted: false,
        };
        let result = match operation {
            Operation::Read => self.victim.core.read(REGISTRY, &stored).await.map(drop),
            Operation::Create => self.apply(None, Some("bot")).await,
            Operation::Rotate => self.apply(Some(stored), Some("robot")).await,
            Operation::Delete => self.apply(Some(stored), None).await,
        };
        assert!(!matches!(result, Err(Trouble::Broken(_))), "{result:?}");
        let told = self.victim.core.told();
        let log = self.victim.process.stderr();
        let mut texts = told[self.told..].to_vec();
        for line in &log[self.logged..] {
            texts.push(line.clone());
            // A log line is JSON, so what it holds is escaped once more.
            if let Ok(Json::Object(fields)) = serde_json::from_str(line) {
                texts.extend(fields.values().filter_map(Json::as_str).map(str::to_owned));
            }
        }
        (self.told, self.logged) = (told.len(), log.len());
        texts.join("\n")
    }

    async fn apply(
        &mut self,
        mut stored: Option<Object>,
        username: Option<&str>,
    ) -> Result<(), Trouble> {
        let config = username.map(config);
        let core = &mut self.victim.core;
        let planned = core
            .plan(REGISTRY, stored.as_ref(), config.as_ref())
            .await?;
        core.apply(REGISTRY, &mut stored, config.as_ref(), &planned)
            .await
    }
}

/// A registry whose password is in the state.
fn stored() -> Json {
    let mut stored = config("bot");
    stored["password_wo"] = Json::Null;
    stored["password"] = KEY.into();
    stored["id"] = ID.into();
    stored
}

#[track_caller]
fn assert_hidden(form: &Form, secret: &str, told: &str, what: &str) {
    assert!(
        !form.shows_in(secret, told),
        "{what}: {} shows in {told}",
        form.name
    );
}

#[tokio::test]
async fn nothing_of_a_secret_is_shown() {
    // Much of it is waiting, which can be done at once.
    let trials = FORMS.chunks(9).enumerate();
    let trials = trials.map(|(first, forms)| tokio::spawn(all_answers(forms, first)));
    let mut answers = 0;
    for trial in trials.collect::<Vec<_>>() {
        answers += trial.await.expect("nothing is shown");
    }
    println!("{answers} answers, in {} forms", FORMS.len());
    assert!(answers >= 1000, "{answers}");
}

async fn all_answers(forms: &'static [Form], first: usize) -> usize {
    let mut trial = Trial::start().await;
    // Every secret has come into the process before an answer holds it.
    for operation in [Operation::Read, Operation::Create] {
        let place = Place::Message;
        trial.meets(operation, place, "no".to_owned()).await;
    }
    // The first and the last line of a key are the same in all keys.
    let key = KEY.split("-----").nth(2).unwrap_or_default().trim();
    let mut turn = first;
    for form in forms {
        for secret in [TOKEN, PASSWORD, key] {
            for place in PLACES {
                // An unexpected answer is asked for again, with pauses.
                if place == Place::Name && secret != PASSWORD {
                    continue;
                }
                // Few operations are slow: they hash, too.
                turn += 1;
                let operation = match turn % 23 {
                    0 => Operation::Create,
                    7 => Operation::Rotate,
                    3 | 12 => Operation::Delete,
                    _ => Operation::Read,
                };
                let cut = match turn % 5 {
                    _ if place == Place::Name => secret.len(),
                    0 | 4 => secret.len(),
                    1 => 50.min(secret.len()),
                    2 => secret.len() / 2,
                    _ => WINDOW + turn % 16,
                };
                let start = if turn % 3 == 1 { secret.len() - cut } else { 0 };
                let start = secret.floor_char_boundary(start);
                let end = (start + cut).min(secret.len());
                let part = &secret[start..secret.ceil_char_boundary(end)];
                let told = trial.meets(operation, place, (form.encode)(part)).await;
                assert_hidden(
                    form,
                    part,
                    &told,
                    &format!("{operation:?} {place:?} {part:?}"),
                );
            }
        }
    }
    trial.answers
}

#[tokio::test]
async fn no_cut_shows_more_than_seven_bytes() {
    let mut trial = Trial::start().await;
    trial
        .meets(Operation::Create, Place::Message, "no".to_owned())
        .await;
    // An unexpected answer is asked for again, with pauses.
    let places = PLACES
        .iter()
        .filter(|place| !matches!(place, Place::Name | Place::Page));
    let mut forms = FORMS.iter().cycle();
    for secret in [TOKEN, PASSWORD] {
        for (end, _) in secret.char_indices().filter(|(end, _)| *end >= WINDOW) {
            for part in [
                &secret[..end],
                &secret[secret.floor_char_boundary(secret.len() - end)..],
            ] {
                for place in places.clone() {
                    for form in [&FORMS[0]].into_iter().chain(forms.next()) {
                        let text = (form.encode)(part);
                        let told = trial.meets(Operation::Read, *place, text).await;
                        assert_hidden(form, part, &told, part);
                    }
                }
            }
        }
    }
    println!("{} answers, cut at every length", trial.answers);
}

#[tokio::test]
async fn what_looks_like_a_token_is_masked_where_credentials_were_sent() {
    let mut trial = Trial::start().await;
    for (operation, shown) in [
        (Operation::Create, false),
        (Operation::Rotate, false),
        (Operation::Delete, true),
    ] {
        for place in [Place::Message, Place::ObjectMessage, Place::Dump] {
            let told = trial.meets(operation, place, UNKNOWN.to_owned()).await;
            assert_eq!(
                told.contains(&UNKNOWN[4..]),
                shown,
                "{operation:?} {place:?}: {told}"
            );
        }
    }
}

#[test]
fn the_gate_can_fail() {
    let secret = "c4n/Ry+p&s<s>w\"o\\r d=é~ä%x\nnext-line_of it";
    let mut blind = Vec::new();
    for form in &FORMS {
        let text = format!("before {} after", (form.encode)(secret));
        if !form.shows_in(secret, &text) {
            blind.push(form.name);
        }
        assert!(
            !form.shows_in(secret, "before c4n/Ry+ [redacted] after"),
            "{}",
            form.name
        );
    }
    assert_eq!(blind, [""; 0], "what these show would not be found");
}
