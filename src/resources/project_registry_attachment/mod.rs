//! `bahriya_project_registry_attachment`: a project may use a registry. `link` makes and removes one.

mod import;
mod link;
mod list;
mod schema;

use async_trait::async_trait;

use self::link::{Memory, attach, detach, ends, name_of, same_link, stored};
use self::schema::Model;
use crate::api::Detached;
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::list::Found;
use crate::framework::model::Attr;
use crate::framework::private;
use crate::framework::provider::{
    ApplyRequest, Block, Call, ImportTarget, Looked, Plan, PlanRequest, Resource, Stored,
};
use crate::framework::schema::Schema;
use crate::framework::value::Value;
use crate::resources::context::Context;
use crate::resources::home::Home;

/// The resource.
pub struct ProjectRegistryAttachment;

impl Block for ProjectRegistryAttachment {
    fn type_name(&self) -> &'static str {
        "bahriya_project_registry_attachment"
    }

    fn schema(&self) -> &Schema {
        &schema::SCHEMA
    }
}

#[async_trait]
impl Resource<Connection> for ProjectRegistryAttachment {
    fn identity(&self) -> &'static Schema {
        &schema::IDENTITY
    }

    async fn plan(&self, call: &mut Call<Connection>, request: PlanRequest<'_>) -> Plan {
        let mut planned = Model::from(request.draft);
        let prior = request.prior.map(Model::from).unwrap_or_default();
        let memory: Memory = private::decode(request.private);
        let same = same_link(&prior, &planned);
        if same {
            planned.project_id = prior.project_id.clone();
            planned.handle = prior.handle.clone();
        }
        if !same || memory.heir {
            planned.join_id = Attr::Unknown;
        }
        planned.id = match (planned.project_id.known(), planned.handle.known()) {
            (Some(project), Some(handle)) => Attr::Known(format!("{project}:{handle}")),
            _ => Attr::Unknown,
        };
        // What was not known in the first plan may turn out another one in the plan that its apply makes again,
        // where it is too late for a replacement. Only that plan is made of what nobody has looked at.
        let looked_at = prior
            .id
            .known()
            .is_some_and(|id| call.connection.walk.is_refreshed(id));
        Plan {
            planned: planned.into(),
            private: request.private.to_owned(),
            in_place: !looked_at,
        }
    }

    /// Plans a deletion, which leaves the link alone if another object of the state has it.
    fn plan_delete(&self, call: &mut Call<Connection>, prior: &Value, private: &[u8]) -> Vec<u8> {
        let (prior, mut memory) = (Model::from(prior), private::decode::<Memory>(private));
        let (walk, mark) = (&call.connection.walk, memory.mark.as_deref());
        if let (Some(project), Some(handle)) = (prior.project_id.known(), prior.handle.known())
            && walk.attachment(project, handle, mark, true)
        {
            let found = findings::attachment_stays(name_of(&prior));
            call.diagnostics.warning(found);
            memory.stays = true;
            return private::encode(&memory);
        }
        private.to_owned()
    }

    /// Looks for the link in the project's list.
    async fn read(&self, call: &mut Call<Connection>, current: Stored) -> Result<Looked, Reported> {
        let mut model = Model::from(&current.value);
        let refresh = Context::of_refresh(call, name_of(&model), &model.timeouts);
        let Some(mut cx) = refresh else {
            return Ok(Looked::There(current));
        };
        let mut memory: Memory = private::decode(&current.private);
        memory.home = memory.home.or_of(&current.identity);
        cx.warn_of_foreign::<Memory>(&current.private, "");
        memory.home.same_organisation(&mut cx)?;
        if let Some(id) = model.id.known() {
            cx.connection.walk.note_refreshed(id);
        }
        let (project, handle) = ends(&model, &mut cx)?;
        let (walk, mark) = (&cx.connection.walk, memory.mark.as_deref());
        memory.heir = walk.attachment(project, handle, mark, false);
        let (client, operation) = (cx.client, &cx.operation);
        let found = client
            .refreshed_attachment(operation, project, handle)
            .await;
        let Some(attachment) = cx.answer(found)? else {
            // An API that does not know the registry does not know its attachments either.
            memory.home.who_has(Some(handle), &mut cx).await?;
            let gone = findings::attachment_is_gone(&cx.object);
            cx.diagnostics.warning(gone);
            return Ok(Looked::Gone);
        };
        model.id = Attr::Known(format!("{project}:{}", attachment.handle));
        model.handle = Attr::Known(attachment.handle);
        if attachment.join_id.is_some() {
            model.join_id = attachment.join_id.into();
        }
        memory.home = Home::of(client);
        Ok(Looked::There(Stored {
            private: private::encode(&memory),
            ..stored(client, model, None)
        }))
    }

    /// Attaches. A link that exists already becomes the managed one.
    async fn create(
        &self,
        call: &mut Call<Connection>,
        request: ApplyRequest,
    ) -> Result<Stored, Reported> {
        let model = Model::from(&request.planned);
        let what = ("create", name_of(&model));
        let mut cx = Context::new(call, what, &model.timeouts)?;
        let (stored, adopted) = attach(&mut cx, model).await?;
        if adopted {
            let found = findings::attachment_adopted(&cx.object);
            cx.diagnostics.warning(found);
        }
        Ok(stored)
    }

    /// Makes another link of an attachment: there first, then no more here. If it cannot be removed here, it is not
    /// left there either. An heir makes sure that its link is there. `timeouts` calls nothing.
    async fn update(&self, call: &mut Call<Connection>, request: ApplyRequest) -> Stored {
        let (prior, planned) = (Model::from(&request.prior), Model::from(&request.planned));
        let kept = |value| Stored {
            value,
            private: request.private.clone(),
            identity: Value::Null,
        };
        let memory: Memory = private::decode(&request.private);
        let same = same_link(&prior, &planned);
        if same && !memory.heir {
            return kept(request.planned);
        }
        let moved = async {
            let what = ("update", name_of(&prior));
            let mut cx = Context::new(call, what, &planned.timeouts)?;
            memory.home.same_organisation(&mut cx)?;
            let (there, adopted) = attach(&mut cx, planned).await?;
            if same {
                return Ok(there);
            }
            let detached = detach(&mut cx, &prior, memory.mark.as_deref()).await;
            if detached.is_err() && !adopted {
                let (model, memory) = (Model::from(&there.value), private::decode(&there.private));
                let Memory { mark, .. } = memory;
                // What failed is told.
                let _ = detach(&mut cx, &model, mark.as_deref()).await;
            }
            detached.map(|_| there)
        };
        moved.await.unwrap_or_else(|_| kept(request.prior))
    }

    /// Detaches, after waiting for containers that still reference the registry.
    async fn delete(
        &self,
        call: &mut Call<Connection>,
        request: ApplyRequest,
    ) -> Result<(), Reported> {
        let model = Model::from(&request.prior);
        let memory: Memory = private::decode(&request.private);
        if memory.stays {
            let found = findings::attachment_stays(name_of(&model));
            call.diagnostics.warning(found);
            return Ok(());
        }
        let what = ("delete", name_of(&model));
        let mut cx = Context::new(call, what, &model.timeouts)?;
        memory.home.same_organisation(&mut cx)?;
        match detach(&mut cx, &model, memory.mark.as_deref()).await? {
            Detached::Done => {}
            Detached::Absent => {
                let handle = model.handle.known().map(String::as_str);
                memory.home.who_has(handle, &mut cx).await?;
            }
            Detached::Kept => {
                let found = findings::attachment_stays(&cx.object);
                cx.diagnostics.warning(found);
            }
        }
        Ok(())
    }

    async fn import(
        &self,
        call: &mut Call<Connection>,
        target: ImportTarget,
    ) -> Result<Stored, Reported> {
        import::import(call, target).await
    }

    fn list_schema(&self) -> &'static Schema {
        &list::SCHEMA
    }

    async fn list(
        &self,
        call: &mut Call<Connection>,
        config: Value,
        found: &mut Found,
    ) -> Result<(), Reported> {
        list::list(call, config, found).await
    }

    fn accepts_move(&self, source_provider: &str, source_type: &str) -> bool {
        crate::resources::is_official(source_provider)
            && source_type == "bahriya_project_registry_attachment"
    }
}
