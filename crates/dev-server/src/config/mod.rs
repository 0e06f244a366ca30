//! How the server behaves and where its endpoints are, as plain data.

pub(crate) mod demo_user;
pub(crate) mod endpoint;
pub(crate) mod redirect_uri;
pub(crate) mod settings;
pub(crate) mod user_id_place;
pub(crate) mod users_file;
pub(crate) mod users_file_error;
