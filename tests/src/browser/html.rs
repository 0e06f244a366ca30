//! A parser for the HTML of sign-in pages: forms with their inputs and buttons, links, entities.
//!
//! It is tolerant and not complete. A tag begins at each `<` with a letter. Comments and scripts are skipped, and
//! elements need no end.

/// A form and its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Its `action` as written. Empty for the page's own URL.
    pub action: String,
    /// `GET` or `POST`.
    pub method: String,
    /// Its `id`.
    pub id: Option<String>,
    /// The names and values of its fields, without buttons.
    pub fields: Vec<(String, String)>,
    /// The names and values of its submit buttons.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// Types a value into a field.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|(field, _)| field == name);
        field
            .unwrap_or_else(|| panic!("no field {name:?} in the form"))
            .1 = value.to_owned();
        self
    }

    /// Whether it has a field with this name.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// The fields that are sent when a button is pressed. `None` is Enter.
    ///
    /// # Panics
    ///
    /// The form has no such button.
    pub(crate) fn encode(&self, button: Option<(&str, &str)>) -> String {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&self.fields);
        if let Some((name, value)) = button {
            let there = self.buttons.iter().any(|(n, v)| n == name && v == value);
            assert!(there, "no button {name}={value} in {:?}", self.buttons);
            body.append_pair(name, value);
        }
        body.finish()
    }

    pub(crate) fn is(&self, selector: &str) -> bool {
        selector == "form"
            || selector == self.action
            || self
                .id
                .as_deref()
                .is_some_and(|id| selector.strip_prefix('#') == Some(id))
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its `href` as written.
    pub href: String,
    /// Its text.
    pub text: String,
}

struct Tag<'a> {
    /// The name in lower case, with the slash of an end tag.
    name: String,
    attributes: Vec<(String, String)>,
    /// The text up to the next tag.
    text: &'a str,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn owned(&self, name: &str) -> String {
        self.attribute(name).unwrap_or_default().to_owned()
    }

    fn kind(&self) -> String {
        self.attribute("type")
            .unwrap_or_default()
            .to_ascii_lowercase()
    }
}

pub(crate) fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    for tag in tags(html) {
        match tag.name.as_str() {
            "form" => {
                open = true;
                let post = tag
                    .attribute("method")
                    .is_some_and(|m| m.eq_ignore_ascii_case("post"));
                forms.push(Form {
                    action: tag.owned("action"),
                    method: if post { "POST" } else { "GET" }.to_owned(),
                    id: tag.attribute("id").map(str::to_owned),
                    ..Form::default()
                });
            }
            "/form" => open = false,
            _ if open => {
                if let Some(form) = forms.last_mut() {
                    control(form, &tag);
                }
            }
            _ => {}
        }
    }
    forms
}

fn control(form: &mut Form, tag: &Tag<'_>) {
    let (name, kind) = (tag.owned("name"), tag.kind());
    let value = tag.owned("value");
    match (tag.name.as_str(), kind.as_str()) {
        ("input", "submit" | "image") => form.buttons.push((name, value)),
        ("button", "submit" | "") => form.buttons.push((name, value)),
        ("input", "button" | "reset" | "file") => {}
        ("input" | "textarea", _) if name.is_empty() => {}
        ("input", "checkbox" | "radio") if tag.attribute("checked").is_none() => {}
        ("input", "checkbox" | "radio") => {
            let value = tag.attribute("value").unwrap_or("on");
            form.fields.push((name, value.to_owned()));
        }
        ("input", _) => form.fields.push((name, value)),
        ("textarea", _) => form.fields.push((name, unescape(tag.text))),
        _ => {}
    }
}

pub(crate) fn links(html: &str) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut open = false;
    for tag in tags(html) {
        match tag.name.as_str() {
            "a" => {
                open = tag.attribute("href").is_some();
                if open {
                    links.push(Link {
                        href: tag.owned("href"),
                        text: String::new(),
                    });
                }
            }
            "/a" => open = false,
            _ => {}
        }
        if let Some(link) = links.last_mut().filter(|_| open) {
            link.text = format!("{}{}", link.text, unescape(tag.text))
                .trim_start()
                .to_owned();
        }
    }
    for link in &mut links {
        link.text.truncate(link.text.trim_end().len());
    }
    links
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest
            .trim_start_matches('/')
            .starts_with(|c: char| c.is_ascii_alphabetic())
        {
            continue;
        }
        let name_end = rest[1..]
            .find(|c: char| !c.is_ascii_alphanumeric())
            .map_or(rest.len(), |at| at + 1);
        let name = rest[..name_end].to_ascii_lowercase();
        let (attributes, after) = attributes(&rest[name_end..]);
        rest = after;
        if name == "script" || name == "style" {
            let end = rest.to_ascii_lowercase().find(&format!("</{name}"));
            rest = &rest[end.unwrap_or(rest.len())..];
        }
        let text = &rest[..rest.find('<').unwrap_or(rest.len())];
        tags.push(Tag {
            name,
            attributes,
            text,
        });
    }
    tags
}

/// The attributes up to the `>`, and the text after it.
fn attributes(html: &str) -> (Vec<(String, String)>, &str) {
    let mut attributes = Vec::new();
    let mut rest = html;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (attributes, rest.strip_prefix('>').unwrap_or(rest));
        }
        let end = |text: &str, stops: &[char]| {
            text.find(|c: char| c.is_ascii_whitespace() || stops.contains(&c))
                .unwrap_or(text.len())
        };
        // A stray `=` at the start belongs to the name, or the loop would stand still.
        let name_end = end(&rest[1..], &['=', '>', '/']) + 1;
        let name = rest[..name_end].to_ascii_lowercase();
        rest = rest[name_end..].trim_ascii_start();
        let mut value = "";
        if let Some(given) = rest.strip_prefix('=') {
            let given = given.trim_ascii_start();
            (value, rest) = match given.chars().next() {
                Some(quote @ ('"' | '\'')) => given[1..]
                    .split_once(quote)
                    .unwrap_or_else(|| (&given[1..], "")),
                _ => given.split_at(end(given, &['>'])),
            };
        }
        attributes.push((name, unescape(value)));
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest[1..]
            .split_once(';')
            .and_then(|(name, after)| Some((entity(name)?, after)));
        match entity {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let code = name.strip_prefix('#')?;
            let hex = code.strip_prefix(['x', 'X']);
            let code = hex
                .map_or_else(|| code.parse(), |hex| u32::from_str_radix(hex, 16))
                .ok()?;
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{forms, links, unescape};

    #[test]
    fn a_form_is_sent_as_it_stands() {
        let form = &forms(
            r#"<p>1 < 2</p><!-- <form action="/no"> -->
            <form id=login METHOD="post" action='/in?a=1&amp;b=2'>
              <input type="hidden" name="csrf" value="&quot;x&#39;&#x2f;"/>
              <input name=user><input type=checkbox name=stay checked>
              <input type=radio name=r value=1><textarea name=t>a &lt; b</textarea>
              <button name="go" value="yes">Go</button><button type="button" name=x>No</button>
            </form><input name=outside>"#,
        )[0];
        assert_eq!(form.action, "/in?a=1&b=2");
        assert_eq!(form.method, "POST");
        assert!(form.is("#login") && form.is("form") && form.is("/in?a=1&b=2"));
        assert_eq!(
            form.clone().fill("user", "a b").encode(Some(("go", "yes"))),
            "csrf=%22x%27%2F&user=a+b&stay=on&t=a+%3C+b&go=yes"
        );
        assert_eq!(form.buttons.len(), 1);
    }

    #[test]
    fn a_link_has_the_text_of_all_that_is_in_it() {
        let links = links("<a href=/a><b>Sign</b> in</a> or <a name=x>not</a><a href='/b'>Out</a>");
        let found: Vec<_> = links
            .iter()
            .map(|link| (&*link.href, &*link.text))
            .collect();
        assert_eq!(found, [("/a", "Sign in"), ("/b", "Out")]);
    }

    #[test]
    fn scripts_hold_no_tags() {
        assert!(forms("<script>'<form>'</SCRIPT><style><form></style>").is_empty());
    }

    #[test]
    fn what_is_no_entity_stays() {
        assert_eq!(
            unescape("a & b &nope; &#xD800; &amp;lt;"),
            "a & b &nope; &#xD800; &lt;"
        );
    }

    #[test]
    fn broken_markup_ends() {
        for html in [
            "<",
            "</",
            "<a",
            "<a =",
            "<a href",
            "<a href=",
            "<a href=\"",
            "<a ==>",
            "<!--",
        ] {
            let _ = (forms(html), links(html));
        }
    }
}
