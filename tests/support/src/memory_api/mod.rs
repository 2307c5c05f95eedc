//! The API in memory: what the sandbox is to real processes, this is to the provider's code in virtual time.
//! No socket, no thread, no wall clock: a story is the same whenever it is told.
//!
//! It knows time and other actors. A write has its effect when its [`Fate`] says so, whether or not anybody
//! still waits for the answer; a read may be answered from a replica; somebody else may write at any moment.
//! `tests/simulation/agreement.rs` holds it against the sandbox.

mod fate;
mod line;
mod routes;
mod state;
mod transport;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

pub use fate::{Acts, Call, Fate, Rule, Says, View};
pub use line::{Line, Received, Silence};
pub use routes::Answer;
pub use state::{
    Attachment, Change, Credentials, DEFAULT_MAXVERSIONS, Dialect, Metadata, ORGANISATION, Project,
    Registry, Shape, State, Version, What, Writer,
};

/// The id of a version that nobody ever made.
const NOBODYS: &str = "0c000000-0000-4000-8000-00000000000c";

/// How long a request or an answer is on its way.
pub const ON_THE_WAY: Duration = Duration::from_millis(10);

/// The API. Clones share it.
#[derive(Clone)]
pub struct MemoryApi(Arc<Mutex<World>>);

/// Draws the fate of a request, which holds unless a rule befalls it.
pub type Weather = Box<dyn FnMut(&Sent) -> Fate + Send>;

/// Something that somebody else does.
pub type Move = Box<dyn FnOnce(&mut State) + Send>;

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub number: usize,
    pub at: Instant,
    pub call: Call,
    pub method: String,
    pub path: String,
    pub body: Option<Value>,
    pub fate: Fate,
    /// What the API did and would have said, once it has acted.
    pub acted: Option<Answer>,
    /// The status that was answered.
    pub answered: Option<u16>,
}

impl Sent {
    /// Whether it holds a password.
    pub fn has_credentials(&self) -> bool {
        self.body
            .as_ref()
            .is_some_and(|body| body.get("password").is_some())
    }

    /// Whether credentials were said to be stored, without a name, and were not.
    pub fn is_hollow(&self) -> bool {
        self.fate.says == Says::Nameless && self.fate.acts != Acts::Now
    }

    /// Whether it was certainly not acted on: not sent, or refused for being one too many.
    pub fn was_turned_away(&self) -> bool {
        self.fate.says == Says::NotSent || self.answered == Some(429)
    }
}

struct World {
    live: State,
    /// What was true before each change, and the moment of that change.
    before: Vec<(Instant, State)>,
    /// In the order of their moments.
    pending: Vec<Pending>,
    rules: Vec<Rule>,
    weather: Option<Weather>,
    moves: Vec<Planned>,
    sent: Vec<Sent>,
    story: String,
    start: Instant,
}

struct Pending {
    due: Instant,
    what: Effect,
}

enum Effect {
    Of(usize, Vec<u8>),
    Other(&'static str, Move),
}

/// A move that waits for a request.
struct Planned {
    call: Call,
    moment: Moment,
    name: &'static str,
    what: Move,
}

/// When a move of somebody else is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Just before the next request of a call is acted on or answered.
    Before,
    /// Just after it has acted.
    After,
}

impl MemoryApi {
    /// An API with two projects and nothing else.
    pub fn new(shape: Shape) -> Self {
        Self(Arc::new(Mutex::new(World {
            live: State::new(shape),
            before: Vec::new(),
            pending: Vec::new(),
            rules: Vec::new(),
            weather: None,
            moves: Vec::new(),
            sent: Vec::new(),
            story: String::new(),
            start: Instant::now(),
        })))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what is true now.
    pub fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        let mut world = self.world();
        world.advance();
        look(&world.live)
    }

    /// Somebody else does something now.
    pub fn others(&self, name: &str, what: impl FnOnce(&mut State)) {
        let mut world = self.world();
        world.advance();
        world.other(name, what);
    }

    /// Somebody else does something after a while.
    pub fn others_in(
        &self,
        wait: Duration,
        name: &'static str,
        what: impl FnOnce(&mut State) + Send + 'static,
    ) {
        let due = Instant::now() + wait;
        self.world()
            .schedule(due, Effect::Other(name, Box::new(what)));
    }

    /// Somebody else does something when the next request of a call comes by.
    pub fn others_at(
        &self,
        moment: Moment,
        call: Call,
        name: &'static str,
        what: impl FnOnce(&mut State) + Send + 'static,
    ) {
        let what = Box::new(what);
        self.world().moves.push(Planned {
            call,
            moment,
            name,
            what,
        });
    }

    /// How many moves still wait for their request.
    pub fn moves_waiting(&self) -> usize {
        self.world().moves.len()
    }

    /// From now on, a rule holds. The first of all rules that befalls a request decides.
    pub fn rule(&self, rule: Rule) {
        self.world().rules.push(rule);
    }

    /// How often each rule befell a request, in the order in which they were given.
    pub fn fired(&self) -> Vec<usize> {
        self.world().rules.iter().map(|rule| rule.fired).collect()
    }

    /// From now on, requests have a fate drawn by this, unless a rule befalls them.
    pub fn weather(&self, weather: impl FnMut(&Sent) -> Fate + Send + 'static) {
        self.world().weather = Some(Box::new(weather));
    }

    /// From now on, nothing goes wrong any more. What is to act late still does.
    pub fn calm(&self) {
        let mut world = self.world();
        world.rules.clear();
        world.weather = None;
        world.moves.clear();
    }

    /// All requests so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.world().sent.clone()
    }

    /// How many requests there were so far.
    pub fn count(&self) -> usize {
        self.world().sent.len()
    }

    /// Adds a line to the story.
    pub fn tell(&self, line: &str) {
        self.world().tell(line);
    }

    /// What has happened, one line an event.
    pub fn story(&self) -> String {
        self.world().story.clone()
    }
}

impl World {
    fn tell(&mut self, line: &str) {
        let at = self.start.elapsed().as_secs_f64();
        // Writing to a text cannot fail.
        let _ = writeln!(self.story, "{at:9.3} {line}");
    }

    fn schedule(&mut self, due: Instant, what: Effect) {
        let at = self.pending.partition_point(|one| one.due <= due);
        self.pending.insert(at, Pending { due, what });
    }

    /// Lets everything happen that is due.
    fn advance(&mut self) {
        let now = Instant::now();
        while self.pending.first().is_some_and(|one| one.due <= now) {
            let Pending { due, what } = self.pending.remove(0);
            match what {
                Effect::Of(number, body) => self.act(number, &body, due),
                Effect::Other(name, what) => self.other(name, what),
            }
        }
    }

    /// A request has its effect.
    fn act(&mut self, number: usize, body: &[u8], due: Instant) {
        let (call, method, path) = {
            let sent = &self.sent[number];
            (sent.call, sent.method.clone(), sent.path.clone())
        };
        self.make_moves(Moment::Before, call);
        self.before.push((due, self.live.clone()));
        let partly = self.sent[number].fate.acts == Acts::Partly;
        let without = partly.then(|| routes::without_credentials(&self.live, &path, body));
        let state = self.live.acting(Writer::Provider(number), due);
        let body = without.as_deref().unwrap_or(body);
        let answer = routes::write(state, &method, &path, Some(body));
        self.tell(&format!("    #{number} acts: {} {}", answer.0, answer.1));
        self.sent[number].acted = Some(answer);
        self.make_moves(Moment::After, call);
    }

    fn other(&mut self, name: &str, what: impl FnOnce(&mut State)) {
        let now = Instant::now();
        self.before.push((now, self.live.clone()));
        what(self.live.acting(Writer::Other, now));
        self.tell(&format!("    somebody else: {name}"));
    }

    fn make_moves(&mut self, moment: Moment, call: Call) {
        let due = |one: &mut Planned| one.call == call && one.moment == moment;
        if let Some(at) = self.moves.iter_mut().position(due) {
            let Planned { name, what, .. } = self.moves.remove(at);
            self.other(name, what);
        }
    }

    /// What is answered to a write of credentials where that is not the truth.
    fn untruth(&self, number: usize) -> Answer {
        let sent = &self.sent[number];
        let id = sent.path.split('/').nth(4).unwrap_or_default();
        let current = self.live.registry(id).map(Registry::current_version);
        let version = match (&sent.fate.says, current) {
            (Says::Earlier, Ok(current)) => json!(current.id),
            (Says::Stranger, _) => json!(NOBODYS),
            _ => Value::Null,
        };
        if sent.call == Call::Rotate {
            return (201, version);
        }
        if version.is_null() {
            return (200, json!(id));
        }
        let path = format!("/organisations/{ORGANISATION}/registries/{id}");
        let (_, mut whole) = routes::read(&self.live, &path);
        if sent.fate.says == Says::Stranger {
            let number = whole["currentversion"].as_i64();
            whole["currentversion"] = json!(number.map(|number| number + 1));
            whole["currentversionid"] = version;
        }
        (200, whole)
    }

    /// Answers a read.
    fn answer(&mut self, number: usize) -> Answer {
        self.advance();
        let (call, path) = (self.sent[number].call, self.sent[number].path.clone());
        self.make_moves(Moment::Before, call);
        let answer = match self.sent[number].fate.sees {
            View::Live => routes::read(&self.live, &path),
            View::Empty => routes::read(&State::new(self.live.shape), &path),
            View::Ago(age) => {
                let then = Instant::now() - age;
                let seen = self.before.iter().find(|(until, _)| *until > then);
                routes::read(seen.map_or(&self.live, |(_, state)| state), &path)
            }
        };
        self.make_moves(Moment::After, call);
        answer
    }

    /// A request sets out: it is written down and gets its fate.
    fn set_out(&mut self, method: &str, path: &str, body: Option<&[u8]>) -> usize {
        self.advance();
        let number = self.sent.len();
        let mut sent = Sent {
            number,
            at: Instant::now(),
            call: Call::of(method, path),
            method: method.to_owned(),
            path: path.to_owned(),
            body: body.and_then(|body| serde_json::from_slice(body).ok()),
            fate: Fate::GOOD,
            acted: None,
            answered: None,
        };
        let ruled = self
            .rules
            .iter_mut()
            .find_map(|rule| rule.befalls(sent.call).then(|| rule.fate.clone()));
        let drawn = self.weather.as_mut().map(|weather| weather(&sent));
        sent.fate = ruled.or(drawn).unwrap_or(Fate::GOOD);
        let fate = match &sent.fate {
            good if *good == Fate::GOOD => String::new(),
            Fate { acts, says, sees } => format!("  acts {acts:?}, says {says:?}, sees {sees:?}"),
        };
        let shown = path.split(ORGANISATION).last().unwrap_or_default();
        self.tell(&format!("  #{number} {method} {shown}{fate}"));
        self.sent.push(sent);
        number
    }
}
