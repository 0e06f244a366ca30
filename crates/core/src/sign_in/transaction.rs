//! The transaction: one sign-in under way, in a sealed cookie of its own.
//!
//! Rules:
//! - A transaction belongs to one browser, one `state`, one provider and one client.
//! - It is found by a hash of `state`, and believed after a comparison in constant time.
//! - It ends after ten minutes. An expired one still has its return address.
//! - All transactions of a browser together leave room in a request's head, even if other sites caused them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::provider::authorize::Pkce;
use crate::provider::settings::ProviderId;
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::request::site::Site;
use crate::seal::format::{OVERHEAD_LOGIN, OpenError};
use crate::sign_in::demands::Demands;
use crate::values::codec::{Reader, Writer};
use crate::values::entropy::Entropy;
use crate::values::secret::SecretBytes;
use crate::values::timestamp::Timestamp;

/// The life of a transaction, in seconds. A sign-in takes a person a few minutes at most.
const LIFE: u64 = 10 * 60;
/// The life of the cookie, in seconds. It outlives the transaction, so that an expired one still has its return
/// address.
const COOKIE_LIFE: u64 = 60 * 60;
/// The most transactions of a browser. More of them come from a script, not from a person's tabs.
const MAX_PENDING: usize = 5;
/// The most bytes that the cookies of all transactions take in a request's head. Proxies often accept 8 KB, with a
/// session in it. Two transactions with the longest return address fit, or five usual ones.
const MAX_PENDING_LEN: usize = 3_200;
/// The most cookies that are opened to see how old they are.
const MAX_OPENED: usize = 3 * MAX_PENDING;
/// The most removals in one reply, since proxies refuse longer ones. The next reply removes the rest.
const MAX_REMOVED: usize = 20;
/// The longest sealed text, which has a return address of 1,024 bytes, the scopes of a session, and 512 bytes of more.
const MAX_TEXT_LEN: usize = 3_700;
/// The length of a body without its return address and its demands, in bytes.
const FIXED_LEN: usize = 8 + 8 + 32 + 32 + 2;

/// A sign-in under way.
pub(crate) struct Transaction {
    pub(crate) return_to: ReturnTo,
    pub(crate) demands: Demands,
    pub(crate) pkce: Pkce,
    /// A fingerprint of the provider that the browser was sent to.
    pub(crate) provider: ProviderId,
    state: [u8; 32],
    started: Timestamp,
}

/// The `state` as it is sent, and the hash that names the transaction's cookie.
pub(crate) struct State {
    pub(crate) text: String,
    pub(crate) digest: [u8; 32],
}

impl State {
    pub(crate) fn new(text: String) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        Self { text, digest: hash }
    }
}

impl Transaction {
    /// A new transaction. Two blocks of entropy become `state` and the code verifier. The third one is returned, for
    /// the seal.
    pub(crate) fn start(
        return_to: ReturnTo,
        demands: Demands,
        provider: ProviderId,
        now: Timestamp,
        Entropy([state, verifier, salt]): Entropy,
    ) -> (Self, [u8; 32]) {
        let transaction = Self {
            return_to,
            demands,
            pkce: Pkce::new(verifier),
            provider,
            state,
            started: now,
        };
        (transaction, salt)
    }

    pub(crate) fn state(&self) -> State {
        State::new(URL_SAFE_NO_PAD.encode(self.state))
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        now.seconds_since(self.started) >= LIFE
    }

    fn encode(&self) -> SecretBytes {
        let body = Writer::with_capacity(body_len(&self.return_to, &self.demands))
            .raw(&self.provider)
            .number(self.started.as_unix())
            .raw(&self.state)
            .raw(self.pkce.as_bytes())
            .text(self.return_to.as_str());
        self.demands.write_to(body).into_bytes().into()
    }

    fn decode(body: &[u8], site: &Site) -> Option<Self> {
        let mut body = Reader::new(body);
        let transaction = Self {
            provider: *body.array()?,
            started: body.time()?,
            state: *body.array()?,
            pkce: Pkce::new(*body.array()?),
            return_to: ReturnTo::parse(body.text()?, site),
            demands: Demands::read_from(&mut body)?,
        };
        body.is_empty().then_some(transaction)
    }
}

/// The `Set-Cookie` line of a new transaction.
pub(crate) fn set(
    vault: &Vault,
    transaction: &Transaction,
    state: &State,
    salt: [u8; 32],
) -> String {
    let name = vault.cookies.transaction_name(&state.digest);
    let body = transaction.encode();
    let text = vault.keys().seal_login(salt, name.as_bytes(), &body);
    vault.cookies.set(&name, &text, COOKIE_LIFE)
}

/// The transaction of a `state`, if this browser has it.
pub(crate) fn find<H: Head>(
    vault: &Vault,
    head: &H,
    state: &State,
    site: &Site,
) -> Option<Transaction> {
    let name = vault.cookies.transaction_name(&state.digest);
    scan::values(head, &name)
        .filter_map(|text| open(vault, &name, text, site).ok())
        .find(|transaction| {
            let own = transaction.state().text;
            own.as_bytes().ct_eq(state.text.as_bytes()).into()
        })
}

/// The cookies that must go before a sign-in with this return address and these demands may start: those that don't
/// open, then the oldest.
pub(crate) fn surplus<H: Head>(
    vault: &Vault,
    head: &H,
    return_to: &ReturnTo,
    demands: &Demands,
    site: &Site,
) -> Vec<String> {
    let mut pending: Vec<(Option<Timestamp>, &str, usize)> = scan::pairs(head)
        .filter_map(|(name, text)| Some((std::str::from_utf8(name).ok()?, text)))
        .filter(|(name, _)| vault.cookies.is_transaction(name))
        .enumerate()
        .map(|(index, (name, text))| {
            let started = (index < MAX_OPENED)
                .then(|| open(vault, name, text, site).ok())
                .flatten()
                .map(|transaction| transaction.started);
            (started, name, pair_len(name, text.len()))
        })
        .collect();
    if pending.is_empty() {
        return Vec::new();
    }
    pending.sort_unstable();
    let mut room = MAX_PENDING_LEN.saturating_sub(cookie_len(vault, return_to, demands));
    let newest = pending.iter().rev().take(MAX_PENDING - 1);
    let kept = newest.take_while(|(_, _, length)| {
        let left = room.checked_sub(*length);
        room = left.unwrap_or_default();
        left.is_some()
    });
    pending.truncate(pending.len() - kept.count());
    pending.dedup_by_key(|(_, name, _)| *name);
    let surplus = pending.into_iter().take(MAX_REMOVED);
    surplus.map(|(_, name, _)| name.to_owned()).collect()
}

/// The length of a transaction's body, in bytes.
fn body_len(return_to: &ReturnTo, demands: &Demands) -> usize {
    FIXED_LEN + return_to.as_str().len() + demands.len()
}

/// The length of a transaction's cookie in a `Cookie` header. Bytes.
fn cookie_len(vault: &Vault, return_to: &ReturnTo, demands: &Demands) -> usize {
    let sealed = OVERHEAD_LOGIN + body_len(return_to, demands);
    let name = vault.cookies.transaction_name(&[0; 32]);
    pair_len(&name, (sealed * 4).div_ceil(3))
}

/// Whether a request has the cookie of the transaction with this `state`, and it doesn't open here.
pub(crate) fn is_sealed_elsewhere<H: Head>(vault: &Vault, head: &H, state: &State) -> bool {
    let name = vault.cookies.transaction_name(&state.digest);
    scan::values(head, &name).next().is_some()
}

/// Whether a request has the cookie of any transaction, whether it opens or not.
pub(crate) fn is_any<H: Head>(vault: &Vault, head: &H) -> bool {
    scan::names(head).any(|name| vault.cookies.is_transaction(name))
}

fn open(vault: &Vault, name: &str, text: &[u8], site: &Site) -> Result<Transaction, OpenError> {
    let mut buffer = SecretBytes::zeros(MAX_TEXT_LEN);
    let keys = vault.keys();
    let body = keys.open_login(name.as_bytes(), text, &mut buffer)?;
    Transaction::decode(body, site).ok_or(OpenError::Broken)
}

/// The length of a pair in a `Cookie` header, with the separator after it. Bytes.
fn pair_len(name: &str, value_len: usize) -> usize {
    name.len() + "=".len() + value_len + "; ".len()
}

#[cfg(test)]
mod tests {
    use super::{State, Transaction, find, set, surplus};
    use crate::cookies::policy::CookiePolicy;
    use crate::cookies::vault::Vault;
    use crate::request::return_to::ReturnTo;
    use crate::request::site::Site;
    use crate::seal::key_ring::KeyRing;
    use crate::seal::protection::Protection;
    use crate::sign_in::demands::Demands;
    use crate::tests::request::Request;
    use crate::values::entropy::Entropy;
    use crate::values::timestamp::Timestamp;

    const NOW: Timestamp = Timestamp::from_unix(1_000_000);

    fn vault() -> Vault {
        let keys = KeyRing::new(b"0123456789abcdefghijklmnopqrstuvwxyz", &[] as &[&[u8]]);
        Vault::new(
            &keys.unwrap(),
            CookiePolicy::new(None, None).unwrap(),
            Protection::Private,
            "client",
            None,
        )
    }

    fn site() -> Site {
        Site::new("https://app.example/auth/callback", "/auth", false).unwrap()
    }

    fn transaction(block: u8, now: Timestamp) -> (Transaction, [u8; 32]) {
        transaction_to(ReturnTo::parse("/page", &site()), block, now)
    }

    fn transaction_to(return_to: ReturnTo, block: u8, now: Timestamp) -> (Transaction, [u8; 32]) {
        let blocks = [0, 1, 2].map(|index| [block.wrapping_add(index); 32]);
        let demands = Demands::default();
        Transaction::start(return_to, demands, [1; 8], now, Entropy::new(blocks))
    }

    fn surplus_of(request: &Request, return_to: &ReturnTo) -> Vec<String> {
        surplus(&vault(), request, return_to, &Demands::default(), &site())
    }

    /// The `Cookie` header of a `Set-Cookie` line.
    fn pair(line: &str) -> &str {
        line.split(';').next().unwrap()
    }

    #[test]
    fn c04_a_transaction_is_found_by_its_own_state_only() {
        let (vault, site) = (vault(), site());
        let (transaction, salt) = transaction(1, NOW);
        // Both are put under one name, as if their hashes were equal.
        let mut other = transaction.state().text.into_bytes();
        other[20] ^= 1;
        let other = State::new(String::from_utf8(other).unwrap());
        let line = set(&vault, &transaction, &other, salt);
        let request = Request::get("/").header("cookie", pair(&line));
        assert!(find(&vault, &request, &other, &site).is_none());

        let own = transaction.state();
        let line = set(&vault, &transaction, &own, salt);
        let request = Request::get("/").header("cookie", pair(&line));
        assert!(find(&vault, &request, &own, &site).is_some());
    }

    #[test]
    fn state_verifier_and_seal_share_no_entropy() {
        let (transaction, salt) = transaction(1, NOW);
        let state = transaction.state().text;
        assert_ne!(transaction.pkce.verifier().expose(), state);
        assert_ne!(&salt, transaction.pkce.as_bytes());
        assert_ne!(salt, [1; 32]);
    }

    /// A browser's `Cookie` header with one transaction of each age and return addresses of this length, and the names
    /// by age.
    fn pending(ages: &[u8], length: usize) -> (String, Vec<(u8, String)>) {
        let (mut pairs, mut names) = (Vec::new(), Vec::new());
        for age in ages {
            let started = Timestamp::from_unix(1_000 - u64::from(*age));
            let return_to = ReturnTo::parse(&format!("/{}", "x".repeat(length - 1)), &site());
            let (transaction, salt) = transaction_to(return_to, *age, started);
            let line = set(&vault(), &transaction, &transaction.state(), salt);
            let length = super::cookie_len(&vault(), &transaction.return_to, &transaction.demands);
            assert_eq!(pair(&line).len() + 2, length);
            names.push((*age, pair(&line).split('=').next().unwrap().to_owned()));
            pairs.push(pair(&line).to_owned());
        }
        (pairs.join("; "), names)
    }

    #[test]
    fn r20_cookies_that_do_not_open_go_first_then_the_oldest() {
        let (cookies, names) = pending(&[30, 50, 10, 40, 20], 5);
        let garbage = "__Host-fncy_login_0123456789abcdef=garbage";
        let request = Request::get("/").header("cookie", format!("{garbage}; {cookies}"));
        let surplus = surplus_of(&request, &ReturnTo::root(&site()));
        let oldest = names.iter().find(|(age, _)| *age == 50).unwrap();
        assert_eq!(surplus, ["__Host-fncy_login_0123456789abcdef", &oldest.1]);
    }

    #[test]
    fn r24_long_addresses_leave_room_for_fewer_transactions() {
        // The length of all addresses, and the number of transactions that stay beside a new one.
        for (length, kept) in [(5, 4), (256, 4), (400, 3), (600, 2), (700, 1), (1_024, 1)] {
            let (cookies, mut names) = pending(&[30, 50, 10, 40, 20], length);
            let garbage = format!("__Host-fncy_login_0123456789abcdef={}", "x".repeat(3_000));
            let request = Request::get("/").header("cookie", format!("{cookies}; {garbage}"));
            let next = ReturnTo::parse(&format!("/{}", "x".repeat(length - 1)), &site());
            let surplus = surplus_of(&request, &next);
            names.sort_unstable_by(|one, other| other.cmp(one));
            let oldest = names.iter().take(5 - kept).map(|(_, name)| name.clone());
            let expected: Vec<_> = ["__Host-fncy_login_0123456789abcdef".to_owned()]
                .into_iter()
                .chain(oldest)
                .collect();
            assert_eq!(surplus, expected, "{length}");
        }
    }

    #[test]
    fn a_reply_removes_no_more_than_a_proxy_accepts() {
        let many: Vec<String> = (0..10_000)
            .map(|index| format!("__Host-fncy_login_{index:016x}="))
            .collect();
        let request = Request::get("/").header("cookie", many.join("; "));
        let surplus = surplus_of(&request, &ReturnTo::root(&site()));
        assert_eq!(surplus.len(), 20);
    }
}
