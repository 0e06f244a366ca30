//! Secrets in files are replaced while the application runs (row P43).

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

use fncy_login::Setting;
use tokio::time::sleep;

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::session_cookie::{Fate, fate, session};
use crate::world::{APP, COOKIE_SECRET, World};

const NEW_SECRET: &str = "q3v7Kd0wXyT2mB9sLhR5uZc8NfE1aGjP4oQiVtYxWkA=";
const CLIENT_SECRET: &str = "demo-secret";
/// More than it takes to look at a file twice.
const A_LOOK: Duration = Duration::from_millis(2_500);

/// A folder of secrets as the kubelet keeps it: each name leads through `..data` into a folder of one version, and
/// a new version comes by renaming that link.
struct Mounted {
    folder: PathBuf,
    version: u32,
}

impl Mounted {
    fn new(harness: Harness) -> Self {
        let name = format!("fncy-secrets-{}-{harness}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["client", "cookie"] {
            symlink(format!("..data/{name}"), folder.join(name)).unwrap();
        }
        let mut mounted = Self { folder, version: 0 };
        mounted.swap(Some(CLIENT_SECRET), Some(COOKIE_SECRET));
        mounted
    }

    fn swap(&mut self, client: Option<&str>, cookie: Option<&str>) {
        let former = self.folder.join(format!("..{}", self.version));
        self.version += 1;
        let next = format!("..{}", self.version);
        std::fs::create_dir(self.folder.join(&next)).unwrap();
        for (name, content) in [("client", client), ("cookie", cookie)] {
            if let Some(content) = content {
                std::fs::write(self.folder.join(&next).join(name), content).unwrap();
            }
        }
        let link = self.folder.join("..data_tmp");
        symlink(next, &link).unwrap();
        std::fs::rename(link, self.folder.join("..data")).unwrap();
        drop(std::fs::remove_dir_all(former));
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// What names the key that seals: the start of the cookie of a login that is begun now.
async fn sealing(world: &World) -> String {
    sealing_at(world, "app.example").await
}

async fn sealing_at(world: &World, host: &str) -> String {
    let page = RawRequest::new("GET", "/page")
        .with_header("host", host)
        .with_header("accept", "text/html");
    let answer = world.raw(page).await;
    let (_, value) = answer
        .header("set-cookie")
        .unwrap()
        .split_once('=')
        .unwrap();
    value[..6].to_owned()
}

async fn until_sealing(world: &World, is_wanted: impl Fn(&str) -> bool) {
    for _ in 0..100 {
        if is_wanted(&sealing(world).await) {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("the new secret is not used");
}

pub(super) async fn p43_a_secret_in_a_file_is_used_when_it_changes(harness: Harness) {
    let mut secrets = Mounted::new(harness);
    let (client, cookie) = (secrets.path("client"), secrets.path("cookie"));
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder
                .set(Setting::ClientSecret, "")
                .set(Setting::ClientSecretFile, client)
                .set(Setting::CookieSecret, "")
                .set(Setting::CookieSecretFile, cookie)
                .set(
                    Setting::RedirectUri,
                    format!("{APP}/auth/callback https://other.example/auth/callback"),
                )
        });
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let (old, old_key) = (world.session_cookie(), sealing(&world).await);

    let both = format!("{NEW_SECRET},\n{COOKIE_SECRET}\n");
    secrets.swap(Some("another-client-secret\n"), Some(&both));
    until_sealing(&world, |key| key != old_key).await;
    assert_eq!(fate(&world, session(&old)).await, Fate::whole("alex"));
    let location = world.start(&mut tab.clone(), "/auth/login").await;
    let callback = world.approve(&location, "alex").await;
    assert_eq!(tab.get(&callback).await.status, 500);
    let sent = world.sent_to_token("client_secret");
    assert_eq!(sent.last().unwrap(), "another-client-secret");

    secrets.swap(Some(&format!("{CLIENT_SECRET}\n")), Some(NEW_SECRET));
    sleep(A_LOOK).await;
    assert_eq!(fate(&world, session(&old)).await, Fate::Kept);
    let new_key = sealing(&world).await;
    assert_eq!(sealing_at(&world, "other.example").await, new_key);
    let mut tab = world.stranger().tab();
    let page = tab.visit(&format!("{APP}/page")).await;
    assert_eq!(
        world.sign_in(&mut tab, page, "jun").await.text(),
        "user=jun"
    );

    for (content, fault) in [
        (None, "names a file that can't be read"),
        (Some(" \n"), "names a file with nothing in it"),
        (Some("changeme"), "decodes to 6 bytes"),
    ] {
        secrets.swap(content, content);
        sleep(A_LOOK).await;
        assert_eq!(sealing(&world).await, new_key, "{fault}");
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=jun");
        assert!(world.logged().contains(fault), "{fault}");
    }
    secrets.swap(Some(CLIENT_SECRET), Some(COOKIE_SECRET));
    until_sealing(&world, |key| key == old_key).await;
    assert_eq!(fate(&world, session(&old)).await, Fate::whole("alex"));
    assert!(!world.logged().contains(NEW_SECRET));
}
