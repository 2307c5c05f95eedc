//! How many requests are made where nothing goes wrong, over an API that replaces whole objects and shows no versions.

use serde_json::json;
use support::core::{Object, REGISTRY};
use support::memory_api::{Credentials, Dialect, MemoryApi, Metadata, Shape};

use crate::story::told;
use crate::terraform::Terraform;
use crate::wanted::Wanted;

const SILENT: Shape = Shape {
    dialect: Dialect::Put,
    versions_shown: false,
    handles_reusable: false,
    delete_detaches: false,
};

fn count(story: impl AsyncFnOnce(MemoryApi)) {
    if let Err(failure) = told(1, SILENT, story) {
        panic!("{failure}");
    }
}

#[test]
fn a_plan_looks_twice_for_versions_and_never_again() {
    count(async |api| {
        let project = api.look(|state| state.projects[0].id.clone());
        let mut terraform = Terraform::new(api).await;
        let mut wanted = Wanted::new(true);
        wanted.attached = true;
        let blocks = wanted.blocks(&project);
        assert_eq!(terraform.apply(&blocks, None).await.errors.len(), 0);
        // As another provider leaves its objects.
        for one in &mut terraform.workspace.state {
            one.object.private.clear();
        }
        let first = terraform.apply(&blocks, None).await;
        let second = terraform.plan(&blocks).await;
        assert_eq!((first.planned, second.planned), (vec![], vec![]));
        // The registries, their versions twice, the attachments.
        assert_eq!((first.planning.len(), second.planning.len()), (4, 2));
    });
}

#[test]
fn two_hundred_registries_are_refreshed_with_one_list() {
    count(async |api| {
        api.others("creates", |state| {
            for n in 0..200 {
                let metadata = Metadata {
                    handle: format!("r{n}"),
                    name: "Deploy".into(),
                    maxversions: 5,
                };
                let credentials = Credentials {
                    server: "ghcr.io".into(),
                    username: "ada".into(),
                    password: "theirs-Marble-1".into(),
                };
                state.create(metadata, credentials).expect("a registry");
            }
        });
        let ids: Vec<String> =
            api.look(|state| state.registries.iter().map(|one| one.id.clone()).collect());
        let terraform = Terraform::new(api.clone()).await;
        let stored = |id| Object {
            state: terraform.block(REGISTRY, json!({"id": id})),
            private: Vec::new(),
            identity: None,
            tainted: false,
        };
        let mut objects: Vec<Object> = ids.iter().map(stored).collect();
        for requests in [3, 1] {
            let before = api.count();
            objects = terraform.refreshed(REGISTRY, objects, 50).await;
            assert_eq!(api.count() - before, requests);
            assert_eq!(objects.len(), 200);
        }
    });
}
