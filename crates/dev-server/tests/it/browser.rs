//! A user's browser, with a cookie and the forms of the pages.

use fncy_dev_server::DevServer;

use crate::client::{Reply, form, send};

pub(crate) struct Browser<'a> {
    server: &'a DevServer,
    pub(crate) cookie: Option<String>,
    pub(crate) languages: &'static str,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(server: &'a DevServer) -> Self {
        Self {
            server,
            cookie: None,
            languages: "en-GB,en;q=0.9,ko;q=0.8",
        }
    }

    pub(crate) fn get(&mut self, target: &str) -> Reply {
        self.send("GET", target, "")
    }

    /// Submits the form of a page with these fields.
    pub(crate) fn submit(&mut self, page: &Reply, path: &str, fields: &[(&str, &str)]) -> Reply {
        assert!(
            page.body.contains(&format!("action=\"{path}\"")),
            "{}",
            page.body
        );
        let token = token(page);
        let fields: Vec<_> = [("token", token.as_str())]
            .iter()
            .chain(fields)
            .copied()
            .collect();
        self.send("POST", path, &form(&fields))
    }

    /// Follows redirects on this server.
    pub(crate) fn follow(&mut self, reply: &Reply) -> Reply {
        let target = reply.location().to_owned();
        self.get(&target)
    }

    /// Signs in, allows if the consent page comes, and returns the application's callback URL.
    pub(crate) fn allow(&mut self, target: &str, user: &str) -> String {
        let page = self.get(target);
        let mut reply = self.submit(&page, "/sign-in", &[("user", user)]);
        if reply.location().starts_with("/consent") {
            let page = self.follow(&reply);
            reply = self.submit(&page, "/consent", &[("decision", "allow")]);
        }
        reply.location().to_owned()
    }

    fn send(&mut self, method: &str, target: &str, body: &str) -> Reply {
        let cookie = self.cookie.clone().unwrap_or_default();
        let headers = [
            ("Cookie", cookie.as_str()),
            ("Accept-Language", self.languages),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let reply = send(self.server.base_url(), method, target, &headers, body).unwrap();
        if let Some(cookie) = reply.header("set-cookie") {
            assert!(cookie.ends_with("HttpOnly; SameSite=Lax") || cookie.ends_with("Max-Age=0"));
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        reply
    }
}

pub(crate) fn token(page: &Reply) -> String {
    let (_, rest) = page.body.split_once("name=\"token\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}
