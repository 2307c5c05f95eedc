//! What an apply would do. Asked in the plan, and again at the start of the apply.

use super::CallResult;
use crate::framework::plan;
use crate::framework::provider::{PlanRequest, Provider};
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::plan_resource_change::{Request, Response};

pub async fn handle<P: Provider>(server: Server<P>, request: Request) -> CallResult<Response> {
    let resource = server.resource(&request.type_name)?;
    let schema = resource.schema();
    let prior = super::decode(&request.prior_state, schema, "prior state")?;
    let proposed = super::decode(&request.proposed_new_state, schema, "proposed state")?;
    let mut call = server.call()?;
    if proposed.is_null() {
        let private = resource.plan_delete(&mut call, &prior, &request.prior_private);
        return Ok(Response {
            planned_state: Some(wire::encode(&proposed)),
            planned_private: private,
            planned_identity: request.prior_identity,
            diagnostics: wire::diagnostics(&[], &call.diagnostics),
            ..Default::default()
        });
    }
    let config = super::decode(&request.config, schema, "configuration")?;
    let prior = (!prior.is_null()).then_some(&prior);
    let draft = plan::draft(schema, prior, proposed, &config);
    let asked = PlanRequest {
        prior,
        config: &config,
        draft: &draft,
        private: &request.prior_private,
        earlier: &request.planned_private,
    };
    let mut planned = resource.plan(&mut call, asked).await;
    plan::keep_refinements(&draft, &mut planned.planned);
    let replaced = prior
        .filter(|_| !planned.in_place)
        .map(|prior| plan::requires_replace(schema, prior, &planned.planned));
    Ok(Response {
        planned_state: Some(wire::encode(&planned.planned)),
        requires_replace: replaced.iter().flatten().map(wire::path).collect(),
        planned_private: planned.private,
        planned_identity: request.prior_identity,
        diagnostics: wire::diagnostics(&schema.secrets_in(&config), &call.diagnostics),
        ..Default::default()
    })
}
