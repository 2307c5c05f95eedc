//! Every combination of one write with one fault: write × answer × when it acts × lag × other writer × dialect ×
//! what shows. Each cell is a story of one apply in that weather, and then peace.

use std::fmt;
use std::time::Duration;

use support::memory_api::{
    Acts, Call, Credentials, Dialect, Fate, MemoryApi, Metadata, Moment, Rule, Says, Shape, State,
    View,
};
use tokio::time::{Instant, sleep};

use crate::invariants::{self, Ending};
use crate::story::told;
use crate::terraform::Terraform;
use crate::wanted::{HANDLE, PASSWORDS, THEIRS, Wanted};

/// One combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub write: Write,
    pub answer: Answer,
    pub acts: When,
    pub lag: Lag,
    pub other: Other,
    pub dialect: Dialect,
    pub shown: bool,
}

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    Create,
    /// Only the password.
    Password,
    /// The user name, too.
    Username,
    /// The name of the registry and its password, where that is one write.
    Both,
    Rename,
    Activate,
    Delete,
    Attach,
    Detach,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Truth,
    Wrapped,
    Accepted,
    Denied,
    Nameless,
    Earlier,
    Stranger,
    Garbled,
    Page,
    Redirect,
    Timeout408,
    Busy429,
    BusyForLong429,
    Forbidden403,
    Failed500,
    Gateway502,
    Own503,
    Gateway503,
    Gateway504,
    Cut,
    Nothing,
    NotSent,
    NeverSent,
    Death,
}

/// When it acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    /// Now, but for the credentials.
    Partly,
    /// While the provider looks.
    Soon,
    /// After the last look.
    Late,
    /// After the apply, before the next.
    Afterwards,
    Never,
}

/// How far reads lag behind, or whether there are any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    None,
    /// For a look or two.
    Short,
    /// Longer than anybody looks.
    Long,
    /// They are refused once something was written.
    Blind,
    /// Lists of versions are.
    Unlisted,
}

/// What somebody else does meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    Nothing,
    /// Rotates with our user name just before our write acts, or while we look if it never does.
    SameNameBefore,
    /// The same just after it.
    SameNameAfter,
    /// With another user name, just after it.
    AnotherNameAfter,
    /// With ours, just after it, where one version is retained.
    Evicts,
    /// With ours, just after the next write of credentials, which undoes drift or is the same once more.
    SameNameLater,
}

pub const WRITES: [Write; 9] = [
    Write::Create,
    Write::Password,
    Write::Username,
    Write::Both,
    Write::Rename,
    Write::Activate,
    Write::Delete,
    Write::Attach,
    Write::Detach,
];
const ANSWERS: [Answer; 24] = [
    Answer::Truth,
    Answer::Wrapped,
    Answer::Accepted,
    Answer::Denied,
    Answer::Nameless,
    Answer::Earlier,
    Answer::Stranger,
    Answer::Garbled,
    Answer::Page,
    Answer::Redirect,
    Answer::Timeout408,
    Answer::Busy429,
    Answer::BusyForLong429,
    Answer::Forbidden403,
    Answer::Failed500,
    Answer::Gateway502,
    Answer::Own503,
    Answer::Gateway503,
    Answer::Gateway504,
    Answer::Cut,
    Answer::Nothing,
    Answer::NotSent,
    Answer::NeverSent,
    Answer::Death,
];
const WHENS: [When; 6] = [
    When::Now,
    When::Partly,
    When::Soon,
    When::Late,
    When::Afterwards,
    When::Never,
];
const LAGS: [Lag; 5] = [Lag::None, Lag::Short, Lag::Long, Lag::Blind, Lag::Unlisted];
const OTHERS: [Other; 6] = [
    Other::Nothing,
    Other::SameNameBefore,
    Other::SameNameAfter,
    Other::AnotherNameAfter,
    Other::Evicts,
    Other::SameNameLater,
];

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            write,
            answer,
            acts,
            lag,
            other,
            dialect,
            shown,
        } = self;
        let shown = if *shown { "Shown" } else { "Withheld" };
        write!(
            f,
            "{write:?}/{answer:?}/{acts:?}/{lag:?}/{other:?}/{dialect:?}/{shown}"
        )
    }
}

/// All cells that can be.
pub fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for write in WRITES {
        for answer in ANSWERS {
            for acts in WHENS {
                for lag in LAGS {
                    for other in OTHERS {
                        for dialect in [Dialect::Rotate, Dialect::Put] {
                            for shown in [true, false] {
                                cells.push(Cell {
                                    write,
                                    answer,
                                    acts,
                                    lag,
                                    other,
                                    dialect,
                                    shown,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    cells.retain(Cell::can_be);
    cells
}

impl Cell {
    fn can_be(&self) -> bool {
        let rotates = matches!(self.write, Write::Password | Write::Username | Write::Both);
        let acts = match self.answer {
            // What is done in part is a whole object, and what is answered then is a success, or nothing.
            _ if self.acts == When::Partly => {
                self.write == Write::Both
                    && matches!(
                        self.answer,
                        Answer::Nameless | Answer::Earlier | Answer::Cut
                    )
            }
            // A success that is none is told of new credentials.
            Answer::Nameless | Answer::Earlier | Answer::Stranger => {
                rotates && matches!(self.acts, When::Now | When::Never)
            }
            // The truth is told when there is one,
            // and a success that never comes true would be a lie.
            Answer::Truth | Answer::Accepted => self.acts != When::Never,
            Answer::Wrapped => self.acts == When::Now,
            Answer::Busy429
            | Answer::BusyForLong429
            | Answer::Forbidden403
            | Answer::NotSent
            | Answer::NeverSent => self.acts == When::Never,
            _ => true,
        };
        let write = match self.write {
            // Somebody else needs a registry to write to.
            Write::Create => {
                matches!(
                    self.other,
                    Other::Nothing | Other::SameNameAfter | Other::AnotherNameAfter
                ) && (self.acts != When::Never || self.other == Other::Nothing)
            }
            Write::Delete => matches!(self.other, Other::Nothing | Other::SameNameBefore),
            // The put dialect has no activation, and the other one none but single writes.
            Write::Activate => self.dialect == Dialect::Rotate,
            Write::Both => self.dialect == Dialect::Put,
            _ => true,
        };
        acts && write && (rotates || !matches!(self.other, Other::Evicts | Other::SameNameLater))
    }

    fn fate(&self) -> Fate {
        let acts = match self.acts {
            When::Now => Acts::Now,
            When::Partly => Acts::Partly,
            When::Soon => Acts::After(Duration::from_secs(3)),
            When::Late => Acts::After(Duration::from_secs(50)),
            When::Afterwards => Acts::After(Duration::from_secs(900)),
            When::Never => Acts::Never,
        };
        let status = |status, own_form, retry_after| Says::Status {
            status,
            own_form,
            retry_after,
        };
        let says = match self.answer {
            Answer::Truth => Says::Truth,
            Answer::Wrapped => Says::Wrapped,
            Answer::Accepted => Says::Accepted,
            Answer::Denied => Says::Denied,
            Answer::Nameless => Says::Nameless,
            Answer::Earlier => Says::Earlier,
            Answer::Stranger => Says::Stranger,
            Answer::Garbled => Says::Garbled,
            Answer::Page => Says::Page,
            Answer::Redirect => status(302, false, None),
            Answer::Timeout408 => status(408, true, None),
            Answer::Busy429 => status(429, true, Some("2")),
            Answer::BusyForLong429 => status(429, true, Some("86400")),
            Answer::Forbidden403 => status(403, true, None),
            Answer::Failed500 => status(500, true, None),
            Answer::Gateway502 => status(502, false, None),
            Answer::Own503 => status(503, true, None),
            Answer::Gateway503 => status(503, false, None),
            Answer::Gateway504 => status(504, false, None),
            Answer::Cut => Says::Cut,
            Answer::Nothing => Says::Nothing,
            Answer::NotSent | Answer::NeverSent => Says::NotSent,
            Answer::Death => Says::Death,
        };
        Fate::new(acts, says)
    }

    /// Plays the cell. On failure it answers what went wrong, and the story.
    pub fn play(&self) -> Result<Ending, String> {
        let shape = Shape {
            dialect: self.dialect,
            versions_shown: self.shown,
            ..Shape::default()
        };
        told(1, shape, async |api| self.unfold(api).await)
    }

    async fn unfold(&self, api: MemoryApi) -> Ending {
        let project = api.look(|state| state.projects[0].id.clone());
        let mut terraform = Terraform::new(api.clone()).await;
        let mut wanted = self.write.begin(&mut terraform, &project).await;
        wanted.restores = self.other == Other::SameNameLater;
        self.arrange(&api);
        api.tell("the fault is set");
        // No reads lag behind further.
        let seen_until = Instant::now() - Duration::from_secs(600);
        let run = terraform.apply(&wanted.blocks(&project), None).await;
        assert!(
            api.fired().first().is_some_and(|fired| *fired > 0),
            "the fault did not fire: {run:?}"
        );
        // A move that waits for an effect that comes later is made then.
        sleep(Duration::from_secs(3600)).await;
        api.look(|_| ());
        assert_eq!(api.moves_waiting(), 0, "nobody else did anything");
        api.calm();
        if self.other == Other::SameNameLater {
            let (call, rotates) = (self.write.call(self.dialect), rotates(self.username()));
            api.others_at(Moment::After, call, "rotates", rotates);
        }
        invariants::after_a_run(&terraform, &run);
        invariants::only_what_is_new(&terraform, &run, seen_until);
        let ending = invariants::in_the_end(&mut terraform, &wanted, &project).await;
        if self.is_one_change() {
            let made = api.look(|state| state.by_handle(HANDLE).map_or(0, |one| one.ever.len()));
            assert!(made <= 2, "{made} versions for one change");
        }
        ending
    }

    /// Whether one change of credentials has to come to one version: everything has ended before the next refresh,
    /// which can see it, and knows what it looks for.
    fn is_one_change(&self) -> bool {
        matches!(self.write, Write::Password | Write::Username)
            && (self.dialect == Dialect::Rotate || self.shown)
            && self.other == Other::Nothing
            && self.answer != Answer::Death
    }

    fn arrange(&self, api: &MemoryApi) {
        if self.other == Other::Evicts {
            api.others("retains one version", |state| {
                let registry = state.by_handle(HANDLE).expect("the registry");
                let (id, name) = (registry.id.clone(), registry.name.clone());
                let (handle, maxversions) = (HANDLE.to_owned(), 1);
                let metadata = Metadata {
                    handle,
                    name,
                    maxversions,
                };
                state.update(&id, &metadata).expect("an update");
            });
        }
        let (call, fate) = (self.write.call(self.dialect), self.fate());
        api.rule(match self.answer {
            Answer::BusyForLong429 | Answer::NeverSent => Rule::every(call, fate),
            _ => Rule::next(call, fate),
        });
        let lag = match self.lag {
            Lag::None | Lag::Blind | Lag::Unlisted => None,
            Lag::Short => Some(Duration::from_millis(1500)),
            Lag::Long => Some(Duration::from_secs(600)),
        };
        // The plan sees what was true before.
        if let Some(lag) = lag {
            api.weather(move |sent| match sent.call.writes() {
                true => Fate::GOOD,
                false => Fate::seeing(View::Ago(lag)),
            });
        }
        let refused: fn(Call) -> bool = match self.lag {
            Lag::Blind => |call| !call.writes(),
            Lag::Unlisted => |call| call == Call::Versions,
            _ => |_| false,
        };
        if lag.is_none() {
            let mut written = false;
            api.weather(move |sent| {
                written |= sent.call.writes();
                match written && refused(sent.call) {
                    true => Fate::status(Acts::Never, 403),
                    false => Fate::GOOD,
                }
            });
        }
        let (moment, username) = match self.other {
            Other::Nothing | Other::SameNameLater => return,
            Other::SameNameBefore => (Moment::Before, self.username()),
            Other::SameNameAfter | Other::Evicts => (Moment::After, self.username()),
            Other::AnotherNameAfter => (Moment::After, "mallory"),
        };
        let rotates = rotates(username);
        match self.acts {
            // While ours is looked for. A rename is not sent at all if it is seen before.
            When::Never if self.write == Write::Rename => {
                api.others_in(Duration::from_secs(2), "rotates", rotates);
            }
            When::Never => api.others_in(Duration::from_secs(1), "rotates", rotates),
            _ => api.others_at(moment, call, "rotates", rotates),
        }
    }

    fn username(&self) -> &'static str {
        if self.write == Write::Username {
            "grace"
        } else {
            "ada"
        }
    }
}

impl Write {
    /// The call that makes it.
    pub fn call(self, dialect: Dialect) -> Call {
        match self {
            Self::Create => Call::Create,
            Self::Password | Self::Username if dialect == Dialect::Rotate => Call::Rotate,
            Self::Password | Self::Username | Self::Both | Self::Rename => Call::Put,
            Self::Activate => Call::Activate,
            Self::Delete => Call::Delete,
            Self::Attach => Call::Attach,
            Self::Detach => Call::Detach,
        }
    }

    /// What there is before, and what is wanted then.
    pub async fn begin(self, terraform: &mut Terraform, project: &str) -> Wanted {
        let mut wanted = Wanted::new(true);
        wanted.attached = self == Write::Detach;
        if self != Write::Create {
            calmly(terraform, &wanted, project).await;
        }
        match self {
            Write::Create => {}
            Write::Password => wanted.rotate(PASSWORDS[1]),
            Write::Username => {
                wanted.username = "grace".into();
                wanted.rotate(PASSWORDS[1]);
            }
            Write::Both => {
                wanted.name = "Delivery".into();
                wanted.rotate(PASSWORDS[1]);
            }
            Write::Rename => wanted.name = "Delivery".into(),
            Write::Activate => {
                wanted.rotate(PASSWORDS[1]);
                calmly(terraform, &wanted, project).await;
                wanted.pin = Some(1);
            }
            Write::Delete => wanted.exists = false,
            Write::Attach => wanted.attached = true,
            Write::Detach => wanted.attached = false,
        }
        wanted
    }
}

/// Somebody else stores credentials of their own with this user name.
fn rotates(username: &'static str) -> impl FnOnce(&mut State) + Send + 'static {
    move |state| {
        if let Some(registry) = state.by_handle(HANDLE) {
            let (id, server) = (
                registry.id.clone(),
                registry.current_version().credentials.server.clone(),
            );
            let credentials = Credentials {
                server,
                username: username.into(),
                password: THEIRS[0].into(),
            };
            let _ = state.rotate(&id, credentials);
        }
    }
}

/// An apply in which nothing goes wrong.
async fn calmly(terraform: &mut Terraform, wanted: &Wanted, project: &str) {
    let run = terraform.apply(&wanted.blocks(project), None).await;
    assert_eq!(run.errors, Vec::<String>::new());
    // Whatever lags behind has heard of it when the story goes on.
    sleep(Duration::from_secs(3600)).await;
}
