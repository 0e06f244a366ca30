//! The first inputs of each target: from the corpora, and one of each kind by hand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::app::NOW;
use crate::bodies::{Login, Session, texts};
use crate::corpora;
use crate::sealer::provider_id;

pub(crate) fn cookie_header() -> Vec<Vec<u8>> {
    let mut seeds = of_mod_auth_openidc(&["cookie", "state_cookie"]);
    seeds.extend(lines_of("http-state-cookies.jsonl", |case| {
        let sent = case["sent"].as_array()?.iter();
        let pairs: Option<Vec<_>> = sent
            .map(|pair| {
                Some(format!(
                    "{}={}",
                    pair["name"].as_str()?,
                    pair["value"].as_str()?
                ))
            })
            .collect();
        Some(pairs?.join("; ").into_bytes())
    }));
    seeds.extend([
        b"\x80=\x81".to_vec(),
        b"\x80=\x83\x86\x80=\x81\x87a=b; \x80=\x82".to_vec(),
        b"\x80=\x84\x86\x80.1=x\x86\x850=; \x851=y;;;=z".to_vec(),
        b"$Version=1; \x80 = \x81 ; \"q\"=\"v\"".to_vec(),
    ]);
    seeds
}

pub(crate) fn sealed_value() -> Vec<Vec<u8>> {
    let session = Session::of("alex").encode();
    let login = Login {
        provider: provider_id(),
        started: NOW.as_unix(),
        state: [1; 32],
        verifier: [2; 32],
        return_to: "/page".to_owned(),
        keeps: Some([3; 16]),
        max_age: 300,
        scopes: "calendar profile".to_owned(),
    };
    let round = [&[3][..], &NOW.as_unix().to_be_bytes()].concat();
    let refreshed = [
        texts(&["access", "refresh"]),
        vec![0; 8 + 8 + 4 + 16],
        texts(&["alex", "", "", "", "", ""]),
        vec![0; 9],
    ]
    .concat();
    let reply = br#"{"status":303,"headers":[["location","/"]],"body":""}"#.to_vec();
    let bodies = [
        (0, vec![0, 9, 0, 65]),
        (1, b"AZVOSZbA.x".to_vec()),
        (2, session),
        (3, texts(&["access", "refresh"])),
        (4, login.encode()),
        (4, [login.encode(), vec![0]].concat()),
        (5, round),
        (6, refreshed),
        (6, reply),
    ];
    let both = bodies.into_iter().flat_map(|(mode, body)| {
        [0, 1].map(|protection| [&[mode, protection][..], &body].concat())
    });
    both.collect()
}

pub(crate) fn chunk_set() -> Vec<Vec<u8>> {
    let sizes = [[0, 20, 0, 20], [0x1f, 0, 0x0f, 0], [0x3f, 0, 0x3f, 0]];
    let orders: [&[u8]; 5] = [
        &[0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
        &[2, 2, 1, 1, 0, 0],
        &[0, 0, 0, 8, 1, 1, 1, 9],
        &[0, 7, 0, 0, 7, 1, 8, 1, 9, 1, 1, 1],
        &[0, 8, 1, 9, 5, 3, 6, 3],
    ];
    let seeds = sizes
        .iter()
        .flat_map(|sizes| orders.map(|order| [&sizes[..], order].concat()));
    seeds.collect()
}

pub(crate) fn callback_query() -> Vec<Vec<u8>> {
    let mut seeds = of_mod_auth_openidc(&["form_params", "discovery_response"]);
    seeds.extend([
        b"code=c\x02\x01".to_vec(),
        b"\x02\x01\x03c%2B%2F\x06https://fncy.example".to_vec(),
        b"\x02\x01\x05access_denied&error_description=\x04".to_vec(),
        b"\x02\x01\x03a\x03b".to_vec(),
        b"\x02\x01\x03a\x05access_denied".to_vec(),
        b"\x02\x01&code[]=c&id_token=\x04".to_vec(),
        b"\x02%ff\x03c".to_vec(),
    ]);
    seeds.iter_mut().for_each(|seed| seed.insert(0, 0));
    seeds
}

pub(crate) fn token_answer() -> Vec<Vec<u8>> {
    let mut seeds = lines_of("token-endpoint-responses.jsonl", |case| {
        Some(case["body"].as_str()?.as_bytes().to_vec())
    });
    seeds.extend(of_mod_auth_openidc(&["json"]));
    for more in [
        r#","expires_in":"3599","scope":["b","a"],"refresh_token":"r""#,
        r#","expires_in":2147483648,"refresh_token":"","scope":"b  a""#,
        r#","expires_in":1e300,"error":null"#,
        r#","expires_in":-1,"scope":7"#,
        r#","error":{"code":"ok"},"expires_at":9,"scope":["a b","c,d"]"#,
        r#","error":0"#,
        r#","expires_in":86400.92,"access_token":"b""#,
    ] {
        let body = format!(r#"{{"access_token":"a","token_type":"bearer"{more}}}"#);
        seeds.push(body.into_bytes());
    }
    seeds.iter_mut().for_each(|seed| seed.insert(0, 0));
    seeds.push(b"\x02{\"error\":\"invalid_grant\"}".to_vec());
    seeds.push(b"\x03{\"error\":\"invalid_client\"}".to_vec());
    seeds.push(b"\x02{\"error\":{\"code\":\"x\",\"message\":\"no refresh\"}}".to_vec());
    seeds.push(b"\x00\xef\xbb\xbf{\"error\":\"\",\"access_token\":\"a\"}".to_vec());
    seeds
}

pub(crate) fn user_data() -> Vec<Vec<u8>> {
    let mut seeds = of_mod_auth_openidc(&["json"]);
    for body in [
        r#"{"sub":"alex","name":"Alex","email":"a@b.example","roles":["a",1.5,null]}"#,
        r#"{"id":42,"sub":null}"#,
        r#"{"id":-1}"#,
        r#"{"id":"a","id":"b"}"#,
        r#"{"error":"invalid_token"}"#,
        r#"{"error":{"code":"ok"},"id":"alex"}"#,
    ] {
        seeds.push(body.as_bytes().to_vec());
    }
    seeds.iter_mut().for_each(|seed| seed.insert(0, 0));
    seeds
}

pub(crate) fn return_address() -> Vec<Vec<u8>> {
    let mut seeds = of_mod_auth_openidc(&["url"]);
    for file in [
        "open-redirect-oauth2-proxy.txt",
        "open-redirect-mod-auth-openidc.txt",
    ] {
        seeds.extend(corpora::lines(file).unwrap_or_default());
    }
    seeds.extend(lines_of("whatwg-urltestdata.jsonl", |case| {
        Some(case["input"].as_str()?.as_bytes().to_vec())
    }));
    for address in [
        "/page?a=1&b=2#x",
        "/auth/logout",
        "/\u{d55c} b ?q='\"#\u{ae00}`",
    ] {
        seeds.push(address.as_bytes().to_vec());
    }
    for (number, seed) in seeds.iter_mut().enumerate() {
        seed.insert(0, number as u8 % 2);
    }
    seeds
}

pub(crate) fn retry_after() -> Vec<Vec<u8>> {
    let mut seeds = of_mod_auth_openidc(&["response_header"]);
    for value in [
        "5",
        "0",
        "+5",
        " 7 ",
        "300",
        "99999999",
        "99999999999999999999999",
        "Wed, 21 Oct 2015 07:28:00 GMT",
    ] {
        seeds.push(value.as_bytes().to_vec());
    }
    seeds.iter_mut().for_each(|seed| seed.insert(0, 0));
    seeds
}

pub(crate) fn host() -> Vec<Vec<u8>> {
    [
        "app.example",
        "other.example",
        " Other.Example:8443\t",
        "other.example:",
        "other.example:80:80",
        "other.example@evil.example",
        "other.example.evil.example",
        "other.example\nother.example",
        "other.exampl\u{e9}",
        "",
    ]
    .map(|lines| lines.as_bytes().to_vec())
    .to_vec()
}

pub(crate) fn configuration() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 11] = [
        b"",
        b"https://fncy.example/x",
        b"http://fncy.example/",
        b"https://\x01fncy.example/#f",
        b"http://\x01fncy.example",
        b"https:// \x01fncy",
        b"0011aabb,!!",
        b"/data/id",
        b"1",
        b"basic",
        b"state=x&a=b",
    ];
    // Each setting with some, and each text in some setting.
    let settings = (0..66_u8).map(|number| {
        let text = texts[usize::from(number) % texts.len()];
        [&[0, number / 3, text.len() as u8][..], text].concat()
    });
    settings.chain([vec![0xff]]).collect()
}

pub(crate) fn typed_sign_in() -> Vec<Vec<u8>> {
    let seeds: [&[u8]; 9] = [
        b"\x00",
        b"\x01\x00\x0b/inbox?a=b#\x01\x08calendar",
        b"\x01\x02\x03abc\x03\x05login",
        b"\x00\x03\x10login   consent \x03\x00",
        b"\x00\x04\x05a@b.c\x05\x05ko en",
        b"\x01\x06\x06tenant\x06a&b=c \x06\x06tenant\x01x",
        b"\x00\x06\x01\x85\x01x",
        b"\x00\x01\x0ba  b \"c d\\ e",
        b"\x01\x01\x03a b\x01\x01a\x02\x00",
    ];
    seeds.map(<[u8]>::to_vec).to_vec()
}

pub(crate) fn bearer() -> Vec<Vec<u8>> {
    let seeds: [&[u8]; 9] = [
        b"\x00\nBearer abc",
        b"\x01a=1\n bearer  a.b-c_~+/==\t",
        b"\x00access_token=a\nBearer abc",
        b"\x00access%5Ftoken=a\nBearer abc",
        b"\x00\nBearer abc\nBearer abc",
        b"\x00\nBasic YTpi",
        b"\x00\nBearer a,b",
        b"\x00\nBearer ==",
        b"\x02\nBearer abc",
    ];
    seeds.map(<[u8]>::to_vec).to_vec()
}

pub(crate) fn token_claims() -> Vec<Vec<u8>> {
    let bodies = [
        r#"{"active":true,"sub":"alex","client_id":"app","aud":["x","api"],"exp":1893459600,"iat":1893455900}"#,
        r#"{"active":true,"iss":"https://fncy.example","sub":42,"azp":"app","aud":"api","exp":1893455941.5,"scope":"b a"}"#,
        r#"{"active":true,"id":"alex","a":["app"],"token_type":"Bearer","nbf":1893456060,"auth_time":1893455000}"#,
        r#"{"active":true,"sub":"app","client_id":"app","cnf":{},"typ":"Refresh"}"#,
        r#"{"active":false}"#,
        r#"{"error":"invalid_token"}"#,
    ];
    let choices = [0, 1, 2, 3, 7, 15];
    let seeds = bodies.iter().zip(choices).flat_map(|(body, choice)| {
        [0, 1, 2].map(|source| [&[source, 0, choice], body.as_bytes()].concat())
    });
    seeds.collect()
}

pub(crate) fn jwt() -> Vec<Vec<u8>> {
    let seeds: [&[u8]; 8] = [
        // One key, and its token.
        &[0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0],
        // Two keys, of which the key ID names one; the same key ID twice; no key ID.
        &[0, 2, 0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 2, 1, 0],
        &[0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0],
        &[0, 2, 0, 0, 0, 1, 4, 0, 0, 2, 0, 2, 0, 0, 0],
        // A key for another algorithm, and one for encryption.
        &[0, 3, 0, 0, 3, 0, 0, 2, 0, 0, 1, 3, 2, 3, 0, 0, 0, 1, 0],
        // Keys that can't be used.
        &[0, 3, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 0],
        &[255, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        // A token whose last byte is changed, and one that is cut.
        &[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 65, 0, 40, 3],
    ];
    seeds.map(<[u8]>::to_vec).to_vec()
}

pub(crate) fn device() -> Vec<Vec<u8>> {
    let seeds: [&[u8]; 8] = [
        // A registration and a refresh that are right.
        &[0, 0, 0, 0, 0, 0],
        &[1, 0, 0, 0, 0, 1],
        // By another key, of another key, for another session.
        &[1, 1, 0, 0, 0, 1],
        &[0, 0, 1, 0, 0, 0],
        &[1, 0, 0, 1, 0, 2],
        // With `none`, with a repeated challenge, changed.
        &[0, 0, 0, 0, 2, 0],
        &[1, 0, 0, 0, 0, 1, 3],
        &[1, 0, 0, 0, 0, 1, 0, 0, 40, 0, 65],
    ];
    seeds.map(<[u8]>::to_vec).to_vec()
}

pub(crate) fn secret_files() -> Vec<Vec<u8>> {
    let seeds: [&[u8]; 10] = [
        b"\x00\x00\x00\x01abc",
        b"\x00\x02\x04\x05\x03\x01\x02xyz",
        b"\x01kfU0Zq3sW9xT1bN7vLrY5cGmA2dHjP8e",
        b"\x01AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        b"\x01\"kfU0Zq3sW9xT1bN7vLrY5cGmA2dHjP8eQ4wXuS6kVoI=\"",
        b"\x01kfU0Zq3sW9xT1bN7vLrY5cGmA2dHjP8eQ4wXuS6kVoI=,short",
        b"\x01Zq9-a-secret-of-the-client-0Kx7",
        b"\x01correct horse battery staple",
        &[2, 1, 8, 8, 8, 4, 8, 8, 1, 8, 0, 8, 8],
        &[3, 7, 9, 9, 2, 9, 6, 9, 9, 5, 9, 9],
    ];
    seeds.map(<[u8]>::to_vec).to_vec()
}

pub(crate) fn redirect_uris() -> Vec<Vec<u8>> {
    let seeds: [&[u8]; 9] = [
        b"\x80\x84\x86\x81\x84\nOther.Example:8443",
        b"\x80\x84 \x81\x84\nother.example\napp.example",
        b"\x80\x85\x84\x86\x81\x85\x84\nother.example:",
        b"\x80\x84\x86\x82:3000\x84\nlocalhost",
        b"\x80\x84\x86\x80\x87\x84",
        b"\x80\x84\x86\x81\x85\x84",
        b"\x80\x84,\x81\x84",
        b"\x88\x8bapp.example\x84\x89\x8a",
        b"\x8e\x84\n[::1]:443",
    ];
    seeds.map(<[u8]>::to_vec).to_vec()
}

pub(crate) fn sequence() -> Vec<Vec<u8>> {
    crate::sequence::SCRIPTS.map(<[u8]>::to_vec).to_vec()
}

/// The seeds that another project has for targets of these names.
fn of_mod_auth_openidc(targets: &[&str]) -> Vec<Vec<u8>> {
    lines_of("mod-auth-openidc-fuzz-seeds.jsonl", |case| {
        let is_one = targets.contains(&case["target"].as_str()?);
        let bytes = STANDARD.decode(case["b64"].as_str()?).ok()?;
        is_one.then_some(bytes)
    })
}

/// What can be made of the lines of a corpus: nothing where it is missing.
fn lines_of(file: &str, seed: impl Fn(&Value) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let lines = corpora::lines(file).unwrap_or_default();
    let cases = lines
        .iter()
        .map(|line| serde_json::from_slice(line).unwrap());
    cases.filter_map(|case: Value| seed(&case)).collect()
}
