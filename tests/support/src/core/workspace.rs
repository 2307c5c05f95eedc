//! A working directory: what is in its state, and the commands that change it, call by call as Terraform makes
//! them. Each command gets a provider that was just configured, as every walk of Terraform starts one.

use serde_json::Value as Json;
use tonic::body::Body;
use tonic::client::GrpcService;

use super::rules::check_final_plan;
use super::{Core, Object, Planned, Trouble, broken};

/// A resource of a configuration.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub address: &'static str,
    pub ty: &'static str,
    pub config: Json,
    /// The configuration as it is at apply, where something was unknown at plan.
    pub config_at_apply: Option<Json>,
    pub ignore_changes: Vec<&'static str>,
    pub create_before_destroy: bool,
    /// `-replace`
    pub replace: bool,
}

impl Wanted {
    /// Without any `lifecycle`.
    pub fn new(address: &'static str, ty: &'static str, config: Json) -> Self {
        Self {
            address,
            ty,
            config,
            config_at_apply: None,
            ignore_changes: Vec::new(),
            create_before_destroy: false,
            replace: false,
        }
    }

    /// The configuration that a plan sees: prior values where changes are ignored.
    fn seen(&self, core_block: Json, prior: Option<&Object>) -> Json {
        let mut seen = core_block;
        if let Some(prior) = prior {
            for name in &self.ignore_changes {
                seen[*name] = prior.state[*name].clone();
            }
        }
        seen
    }
}

/// What is to happen to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Nothing,
    Create,
    Update,
    Delete,
    DeleteThenCreate,
    CreateThenDelete,
}

/// A planned change.
#[derive(Clone, Debug)]
pub struct Change {
    pub address: &'static str,
    pub ty: &'static str,
    pub action: Action,
    pub prior: Option<Object>,
    pub planned: Planned,
}

/// What a plan came to.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In the order of the configuration, then what goes.
    pub changes: Vec<Change>,
    refreshed: Vec<Stored>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes
            .iter()
            .all(|change| change.action == Action::Nothing)
    }

    /// The addresses that change, with the attributes that do.
    pub fn differences(&self) -> Vec<String> {
        let changes = self.changes.iter();
        let real = changes.filter(|change| change.action != Action::Nothing);
        real.map(|change| {
            let prior = change.prior.as_ref().map(|prior| &prior.state);
            let planned = change.planned.state.as_object().into_iter().flatten();
            let names: Vec<&str> = planned
                .filter(|(name, value)| prior.is_some_and(|prior| &prior[*name] != *value))
                .map(|(name, _)| name.as_str())
                .collect();
            format!(
                "{} {:?} {}",
                change.address,
                change.action,
                names.join(", ")
            )
        })
        .collect()
    }
}

/// An object of the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub address: &'static str,
    pub ty: &'static str,
    pub object: Object,
}

/// A state, in the order in which its objects were made.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    pub state: Vec<Stored>,
}

impl Workspace {
    /// The object at an address.
    pub fn object(&self, address: &str) -> Option<&Object> {
        let mut all = self.state.iter();
        all.find(|one| one.address == address)
            .map(|one| &one.object)
    }

    /// `terraform taint`
    pub fn taint(&mut self, address: &str) {
        let mut all = self.state.iter_mut();
        let one = all.find(|one| one.address == address);
        one.expect("what is tainted is there").object.tainted = true;
    }

    /// What a `moved` block does.
    pub fn rename(&mut self, from: &str, to: &'static str) {
        let mut all = self.state.iter_mut();
        let one = all.find(|one| one.address == from);
        one.expect("what is moved is there").address = to;
    }

    fn keep(&mut self, address: &'static str, ty: &'static str, object: Option<Object>) {
        let at = self.state.iter().position(|one| one.address == address);
        match (at, object) {
            (Some(at), Some(object)) => self.state[at].object = object,
            (Some(at), None) => drop(self.state.remove(at)),
            (None, Some(object)) => self.state.push(Stored {
                address,
                ty,
                object,
            }),
            (None, None) => {}
        }
    }

    /// `terraform plan`: refreshes and plans every object. The state is left alone.
    pub async fn plan<T>(&self, core: &mut Core<T>, wanted: &[Wanted]) -> Result<Plan, Trouble>
    where
        T: GrpcService<Body, ResponseBody = Body>,
    {
        // What `terraform validate` does comes first.
        for one in wanted {
            core.validate(one.ty, &one.config).await?;
        }
        let mut plan = Plan::default();
        for one in wanted {
            let prior = self.refreshed(core, one.address, one.ty, &mut plan).await?;
            let change = planned(core, one, prior).await?;
            plan.changes.push(change);
        }
        for Stored {
            address,
            ty,
            object,
        } in self.state.iter().rev()
        {
            if wanted.iter().any(|one| one.address == *address) {
                continue;
            }
            // Planned as it was stored, and refreshed only then.
            let stored = core.upgrade(ty, object).await?;
            let planned = core.plan(ty, Some(&stored), None).await?;
            let Some(object) = core.read(ty, &stored).await? else {
                continue;
            };
            plan.refreshed.push(Stored {
                address,
                ty,
                object: object.clone(),
            });
            plan.changes.push(Change {
                address,
                ty,
                action: Action::Delete,
                prior: Some(object),
                planned,
            });
        }
        // In the order of the state, whatever order they were asked in.
        let place = |one: &Stored| self.state.iter().position(|two| two.address == one.address);
        plan.refreshed.sort_by_key(place);
        Ok(plan)
    }

    /// `terraform destroy`: an ordinary plan first, for what it refreshes, then the end of everything.
    pub async fn plan_destroy<T>(
        &self,
        core: &mut Core<T>,
        wanted: &[Wanted],
    ) -> Result<Plan, Trouble>
    where
        T: GrpcService<Body, ResponseBody = Body>,
    {
        let refreshed = self.plan(core, wanted).await?.refreshed;
        let mut changes = Vec::new();
        for Stored {
            address,
            ty,
            object,
        } in refreshed.iter().rev()
        {
            let prior = core.upgrade(ty, object).await?;
            let planned = core.plan(ty, Some(&prior), None).await?;
            changes.push(Change {
                address,
                ty,
                action: Action::Delete,
                prior: Some(prior),
                planned,
            });
        }
        Ok(Plan { changes, refreshed })
    }

    async fn refreshed<T>(
        &self,
        core: &mut Core<T>,
        address: &'static str,
        ty: &'static str,
        plan: &mut Plan,
    ) -> Result<Option<Object>, Trouble>
    where
        T: GrpcService<Body, ResponseBody = Body>,
    {
        let Some(object) = self.object(address) else {
            return Ok(None);
        };
        let object = core.upgrade(ty, object).await?;
        let object = core.read(ty, &object).await?;
        if let Some(object) = object.clone() {
            plan.refreshed.push(Stored {
                address,
                ty,
                object,
            });
        }
        Ok(object)
    }

    /// Takes over what a plan found, which an apply does even where there is nothing to change.
    pub fn refresh(&mut self, plan: &Plan) {
        self.state.clone_from(&plan.refreshed);
    }

    /// `terraform apply` of a plan. What is done when there is trouble is in the state.
    pub async fn apply<T>(
        &mut self,
        core: &mut Core<T>,
        wanted: &[Wanted],
        plan: &Plan,
    ) -> Result<(), Trouble>
    where
        T: GrpcService<Body, ResponseBody = Body>,
    {
        // What 1.11.4 says in this walk alone, whatever it was told in the others.
        let before = std::mem::replace(&mut core.capabilities.deferral_allowed, true);
        let result = self.carry_out(core, wanted, plan).await;
        core.capabilities.deferral_allowed = before;
        result
    }

    async fn carry_out<T>(
        &mut self,
        core: &mut Core<T>,
        wanted: &[Wanted],
        plan: &Plan,
    ) -> Result<(), Trouble>
    where
        T: GrpcService<Body, ResponseBody = Body>,
    {
        self.refresh(plan);
        let going =
            |change: &&Change| matches!(change.action, Action::Delete | Action::DeleteThenCreate);
        let mut gone: Vec<&Change> = plan.changes.iter().filter(going).collect();
        // What was made last goes first.
        let made = |change: &Change| {
            let mut all = self.state.iter();
            all.position(|one| one.address == change.address)
        };
        gone.sort_by_key(|change| std::cmp::Reverse(made(change)));
        for change in gone {
            let mut stored = self.object(change.address).cloned();
            let result = delete(core, change, &mut stored).await;
            self.keep(change.address, change.ty, stored);
            result?;
        }
        for change in &plan.changes {
            let Some(one) = wanted.iter().find(|one| one.address == change.address) else {
                continue;
            };
            let mut stored = match change.action {
                Action::Nothing => continue,
                Action::Update => self.object(change.address).cloned(),
                _ => None,
            };
            let result = make(core, one, change, &mut stored).await;
            if stored.is_some() || change.action != Action::CreateThenDelete {
                self.keep(change.address, change.ty, stored);
            }
            result?;
            if change.action == Action::CreateThenDelete
                && let Some(deposed) = &change.prior
            {
                delete_deposed(core, one.ty, deposed).await?;
            }
        }
        Ok(())
    }

    /// `terraform import`
    pub async fn import<T>(
        &mut self,
        core: &mut Core<T>,
        address: &'static str,
        ty: &'static str,
        id: &str,
    ) -> Result<(), Trouble>
    where
        T: GrpcService<Body, ResponseBody = Body>,
    {
        let object = core.import(ty, id).await?;
        self.keep(address, ty, Some(object));
        Ok(())
    }
}

/// The change that brings an object to its configuration.
async fn planned<T>(
    core: &mut Core<T>,
    one: &Wanted,
    prior: Option<Object>,
) -> Result<Change, Trouble>
where
    T: GrpcService<Body, ResponseBody = Body>,
{
    // One that is tainted is planned as if it were not there.
    let tainted = prior.as_ref().is_some_and(|prior| prior.tainted);
    let effective = prior.as_ref().filter(|_| !tainted);
    core.validate(one.ty, &one.config).await?;
    let seen = one.seen(core.block(one.ty, one.config.clone()), effective);
    let mut planned = core.plan(one.ty, effective, Some(&seen)).await?;
    let replaced =
        tainted || effective.is_some_and(|_| one.replace || !planned.replaced.is_empty());
    if replaced && !tainted {
        // What its successor will be like.
        let mut request = core.plan_request(one.ty, None, Some(&seen));
        request.prior_private = planned.answer.planned_private.clone();
        let successor = core.plan_as(one.ty, None, Some(&seen), request).await?;
        planned = Planned {
            replaced: planned.replaced,
            ..successor
        };
    }
    let action = match effective {
        _ if replaced && one.create_before_destroy => Action::CreateThenDelete,
        _ if replaced => Action::DeleteThenCreate,
        None => Action::Create,
        Some(prior) if prior.state == planned.state => Action::Nothing,
        Some(_) => Action::Update,
    };
    Ok(Change {
        address: one.address,
        ty: one.ty,
        action,
        prior,
        planned,
    })
}

/// Plans again, as Terraform does before it applies, and applies that.
async fn make<T>(
    core: &mut Core<T>,
    one: &Wanted,
    change: &Change,
    stored: &mut Option<Object>,
) -> Result<(), Trouble>
where
    T: GrpcService<Body, ResponseBody = Body>,
{
    if let Some(object) = stored {
        *object = core.upgrade(one.ty, object).await?;
    }
    let config = one.config_at_apply.as_ref().unwrap_or(&one.config);
    core.validate(one.ty, config).await?;
    let seen = one.seen(core.block(one.ty, config.clone()), stored.as_ref());
    let planned = core.plan(one.ty, stored.as_ref(), Some(&seen)).await?;
    if !planned.replaced.is_empty() && stored.is_some() {
        return broken(format!("{}: replaced all of a sudden", one.address));
    }
    check_final_plan(one.address, &change.planned.state, &planned.state)?;
    if stored
        .as_ref()
        .is_some_and(|stored| stored.state == planned.state)
    {
        return Ok(());
    }
    // The configuration is as it was written: what a plan ignores, an apply does not.
    core.apply(one.ty, stored, Some(config), &planned).await
}

/// Deletes by the plan of before.
async fn delete<T>(
    core: &mut Core<T>,
    change: &Change,
    stored: &mut Option<Object>,
) -> Result<(), Trouble>
where
    T: GrpcService<Body, ResponseBody = Body>,
{
    if let Some(object) = stored {
        *object = core.upgrade(change.ty, object).await?;
    }
    let planned = Planned {
        state: Json::Null,
        ..change.planned.clone()
    };
    core.apply(change.ty, stored, None, &planned).await
}

/// Deletes what has got a successor, by a plan of its own.
async fn delete_deposed<T>(core: &mut Core<T>, ty: &str, deposed: &Object) -> Result<(), Trouble>
where
    T: GrpcService<Body, ResponseBody = Body>,
{
    let mut stored = Some(core.upgrade(ty, deposed).await?);
    let planned = core.plan(ty, stored.as_ref(), None).await?;
    core.apply(ty, &mut stored, None, &planned).await
}
