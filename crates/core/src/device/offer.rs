//! The offer to bind a session, in the reply of its sign-in.

use crate::device::sealed::{self, Bindable};
use crate::machine::machine::Machine;
use crate::reply::draft::Draft;
use crate::request::endpoint::Endpoint;
use crate::seal::format::NONCE_LEN;
use crate::session::user::User;
use crate::values::device_draft;
use crate::values::timestamp::Timestamp;

/// A draft that also offers to bind the user's session, if sessions are bound here.
pub(crate) fn offering(
    draft: Draft,
    machine: &Machine,
    user: &User,
    now: Timestamp,
    nonce: [u8; NONCE_LEN],
) -> Draft {
    if !machine.offers_device_binding {
        return draft;
    }
    let bindable = Bindable {
        session: user.session(),
        user_id: user.id().to_owned(),
    };
    let challenge = sealed::offer(&machine.vault, &bindable, now, nonce);
    let path = machine.site.path_of(Endpoint::DeviceRegister);
    draft.header(
        device_draft::REGISTRATION,
        device_draft::registration(&path, &challenge),
    )
}
