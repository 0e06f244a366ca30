//! Where a flow happens: an example site on one framework, or another application, over one scheme.

use std::convert::Infallible;
use std::fmt;
use std::mem::take;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::web::{Data, scope};
use axum::extract::Request;
use axum::response::Response;
use fncy_login::{ConfigError, Login, LoginBuilder, Setting, SignInOptions};
use fncy_login_tests::browser::Backend;
use fncy_login_tests::harness::{Harness, serve_configured, serve_router};
use fncy_login_tests::real_server::nginx::Nginx;
use fncy_login_tests::real_server::proxy::{Proxy, Target};
use fncy_login_tests::real_server::redis::Redis;
use fncy_login_tests::world::{World, usual};
use tower_service::Service;

use site::UserData;

use crate::chromium::Chromium;
use crate::front::Front;
use crate::tab::Tab;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framework {
    Axum,
    Actix,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    /// On localhost, with cookies that are not `Secure`.
    Http,
    /// With `__Host-` cookies.
    Https,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hosts {
    One,
    Two,
}

/// A framework and a scheme.
#[derive(Clone)]
pub(crate) struct Place {
    framework: Framework,
    scheme: Scheme,
    chromium: Arc<Chromium>,
    front: Arc<Front>,
}

impl Place {
    /// All places where flows run. The core alone depends on the scheme, so one framework shows it.
    pub(crate) fn all(chromium: &Arc<Chromium>, front: &Arc<Front>) -> [Self; 3] {
        [
            (Framework::Axum, Scheme::Http),
            (Framework::Axum, Scheme::Https),
            (Framework::Actix, Scheme::Https),
        ]
        .map(|(framework, scheme)| Self {
            framework,
            scheme,
            chromium: Arc::clone(chromium),
            front: Arc::clone(front),
        })
    }

    /// Whether the flows that one framework shows are run here.
    pub(crate) fn is_axum(&self) -> bool {
        self.framework == Framework::Axum
    }

    /// Whether the flows that one framework over one scheme shows are run here.
    pub(crate) fn is_axum_over_https(&self) -> bool {
        self.is_axum() && self.scheme == Scheme::Https
    }

    /// A site of one's own, with its provider.
    pub(crate) fn site(&self) -> Site {
        let (listener, address) = listen();
        self.site_at(Hosts::One, address, listener)
    }

    /// The same under two hosts.
    pub(crate) fn site_at_two_hosts(&self) -> Site {
        let (listener, address) = listen();
        self.site_at(Hosts::Two, address, listener)
    }

    /// The same behind nginx with the buffers that it has by itself; none where that is not installed.
    pub(crate) async fn site_behind_nginx(&self) -> Option<(Site, Nginx)> {
        let (listener, upstream) = listen();
        let (_, front) = listen();
        let name = front.port().to_string();
        let nginx = Nginx::start(&name, |folder| {
            let socket = Nginx::socket_in(folder);
            format!(
                "server {{ listen {front}; listen unix:{};\n\
                 location / {{ proxy_pass http://{upstream}; }} }}\n",
                socket.display()
            )
        });
        let nginx = nginx.await?;
        Some((self.site_at(Hosts::One, front, listener), nginx))
    }

    fn site_at(&self, hosts: Hosts, address: SocketAddr, listener: TcpListener) -> Site {
        self.open(hosts, address, |login, world| {
            let login = login
                .public_path("/")
                .public_path("/site.css")
                .intent("calendar", SignInOptions::new().scope("calendar.read"))
                .build()
                .unwrap();
            let user_data = UserData::new(&world.provider.userinfo_url()).unwrap();
            vec![self.serve(listener, login, user_data)]
        })
    }

    /// Another application, with its provider.
    pub(crate) fn app<S>(&self, app: impl FnOnce(LoginBuilder) -> Result<S, ConfigError>) -> Site
    where
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        let (listener, address) = listen();
        self.open(Hosts::One, address, |login, _| {
            vec![serve_router(listener, app(login).unwrap())]
        })
    }

    /// Two instances of an application that share a Redis. New connections reach them in turns.
    pub(crate) async fn two_instances<S>(
        &self,
        redis: &Redis,
        app: impl Fn(LoginBuilder) -> Result<S, ConfigError>,
    ) -> (Site, Proxy)
    where
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        let listeners = [listen(), listen()];
        let targets = listeners
            .each_ref()
            .map(|(_, address)| Target::Tcp(*address));
        let proxy = Proxy::to(targets.to_vec()).await;
        let site = self.open(Hosts::One, proxy.address, |login, _| {
            let serve = |(listener, _)| {
                let login = login.clone().store(redis.instance());
                serve_router(listener, app(login).unwrap())
            };
            listeners.map(serve).to_vec()
        });
        (site, proxy)
    }

    /// What browsers meet at this address.
    fn open(
        &self,
        hosts: Hosts,
        address: SocketAddr,
        serve: impl FnOnce(LoginBuilder, &World) -> Vec<Arc<dyn Backend>>,
    ) -> Site {
        let port = address.port();
        let (origins, danger, session) = match self.scheme {
            Scheme::Http => (
                ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{port}")),
                "1",
                format!("fncy_{port}_session"),
            ),
            Scheme::Https => {
                let hosts = ["site", "other"].map(|name| format!("{name}-{port}.example"));
                for host in &hosts {
                    self.front.route(host, address);
                }
                let session = "__Host-fncy_session; Secure".to_owned();
                (hosts.map(|host| format!("https://{host}")), "0", session)
            }
        };
        let redirect_uris = origins
            .each_ref()
            .map(|origin| format!("{origin}/auth/callback"));
        let world = World::with(Harness::Bare, |setup| {
            let provider = redirect_uris.iter().fold(
                take(&mut setup.provider),
                fncy_dev_server::DevServerBuilder::redirect_uri,
            );
            setup.provider = provider;
        });
        let [origin, other_origin] = origins;
        let redirect_uri = match hosts {
            Hosts::One => redirect_uris[0].clone(),
            Hosts::Two => redirect_uris.join(" "),
        };
        let login = usual(&world.provider, &redirect_uri)
            .set(Setting::DangerInsecureCookies, danger)
            .set(Setting::SignOutUrl, world.provider.sign_out_url())
            .set(Setting::AuthTime, "/auth_time")
            .clock(world.clock());
        let served = serve(login, &world);
        Site {
            world,
            session_cookie: format!("{session}; HttpOnly; SameSite=Lax"),
            origin,
            other_origin,
            chromium: Arc::clone(&self.chromium),
            _served: served,
        }
    }

    fn serve(&self, listener: TcpListener, login: Login, user_data: UserData) -> Arc<dyn Backend> {
        match self.framework {
            Framework::Axum => serve_router(listener, axum_site::app(login, user_data)),
            Framework::Actix => serve_configured(listener, move |config| {
                let site = scope("")
                    .wrap(fncy_login_actix::FncyLogin::new(login.clone()))
                    .app_data(Data::new(user_data.clone()))
                    .configure(actix_site::configure);
                config.service(site);
            }),
        }
    }
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let framework = match self.framework {
            Framework::Axum => "axum-site",
            Framework::Actix => "actix-site",
        };
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{framework}::{scheme}")
    }
}

/// A site, its provider, and a clock for both.
pub(crate) struct Site {
    pub(crate) world: World,
    /// The cookie of a session, as a browser has to keep it.
    pub(crate) session_cookie: String,
    origin: String,
    /// The second host's, where the site has two.
    pub(crate) other_origin: String,
    chromium: Arc<Chromium>,
    _served: Vec<Arc<dyn Backend>>,
}

impl Site {
    /// The first tab of somebody's browser.
    pub(crate) async fn tab(&self) -> Tab {
        self.tab_in("en-US").await
    }

    /// The same for somebody who reads this language.
    pub(crate) async fn tab_in(&self, locale: &str) -> Tab {
        self.browser("open", locale).await
    }

    /// The same where the browser keeps no cookies of the site.
    pub(crate) async fn tab_without_cookies(&self) -> Tab {
        self.browser("openWithoutCookies", "en-US").await
    }

    async fn browser(&self, act: &str, locale: &str) -> Tab {
        let chromium = Arc::clone(&self.chromium);
        let provider = self.world.provider.base_url();
        Tab::open(chromium, &self.origin, provider, act, locale).await
    }
}
