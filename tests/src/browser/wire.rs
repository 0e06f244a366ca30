//! A raw HTTP/1.1 client (RFC 9112), which sends a request byte for byte.
//!
//! Rules:
//! - Two `Host` headers, targets in absolute form and bytes that aren't UTF-8 all reach the server.
//! - If they are missing, `Connection: close` and the `Content-Length` of a body are added, since otherwise no reply
//!   would end.
//! - If a server doesn't answer within 20 seconds, that is an error.

use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const DEADLINE: Duration = Duration::from_secs(20);

type Field = (String, Vec<u8>);

/// Header fields in their order. A name may occur more than once.
pub type Headers = Vec<Field>;

/// A request as it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawRequest {
    /// The method, which may be any text.
    pub method: String,
    /// The target in any form.
    pub target: Vec<u8>,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl RawRequest {
    /// A request without headers and body.
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.as_bytes().to_vec(),
            ..Self::default()
        }
    }

    /// Adds a header field.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The first value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [self.method.as_bytes(), b" ", &self.target, b" HTTP/1.1\r\n"].concat();
        let mut field = |name: &str, value: &[u8]| {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        };
        for (name, value) in &self.headers {
            field(name, value);
        }
        let lacks = |name| named(&self.headers, name).next().is_none();
        if lacks("connection") {
            field("Connection", b"close");
        }
        if !self.body.is_empty() && lacks("content-length") && lacks("transfer-encoding") {
            field("Content-Length", self.body.len().to_string().as_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

/// A response without its transfer coding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawResponse {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl RawResponse {
    /// A response without headers and body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// Adds a header field.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The first value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// Every value of a header.
    pub fn headers_named(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        named(&self.headers, name)
    }

    /// The body as text.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// The value of a text parameter in a body, which is JSON or a form.
pub fn parameter(body: &[u8], name: &str) -> Option<String> {
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => json[name].as_str().map(str::to_owned),
        Err(_) => form_urlencoded::parse(body)
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned()),
    }
}

fn named<'a>(headers: &'a [Field], name: &str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .iter()
        .filter(move |(header, _)| header.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_slice())
}

fn first<'a>(headers: &'a [Field], name: &str) -> Option<&'a str> {
    named(headers, name)
        .next()
        .and_then(|value| str::from_utf8(value).ok())
}

/// Sends one request on a connection of its own.
///
/// # Errors
///
/// If the server refuses the connection, closes it early, doesn't answer in HTTP, or takes more than 20 seconds.
pub async fn send(server: SocketAddr, request: &RawRequest) -> io::Result<RawResponse> {
    tokio::time::timeout(DEADLINE, exchange(server, request))
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, format!("{server} did not answer")))?
}

/// Writes and reads at the same time.
///
/// A server may refuse a request before it has read all of it. The result is then its reply and not a broken pipe.
async fn exchange(server: SocketAddr, request: &RawRequest) -> io::Result<RawResponse> {
    let mut stream = TcpStream::connect(server).await?;
    let (reader, mut writer) = stream.split();
    let bytes = request.to_bytes();
    let mut reader = BufReader::new(reader);
    let (written, response) = tokio::join!(
        writer.write_all(&bytes),
        read_response(&mut reader, &request.method)
    );
    response.or_else(|error| written.and(Err(error)))
}

async fn read_response<R>(reader: &mut R, method: &str) -> io::Result<RawResponse>
where
    R: AsyncBufRead + Unpin,
{
    let mut response = read_head(reader).await?;
    while (100..200).contains(&response.status) && response.status != 101 {
        response = read_head(reader).await?;
    }
    let chunked = response
        .header("transfer-encoding")
        .is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked"));
    if method == "HEAD" || matches!(response.status, 101 | 204 | 304) {
        return Ok(response);
    }
    if chunked {
        response.body = read_chunks(reader).await?;
    } else if let Some(length) = response.header("content-length") {
        let length: usize = length.parse().map_err(|_| malformed("Content-Length"))?;
        response.body = vec![0; length];
        reader.read_exact(&mut response.body).await?;
    } else {
        reader.read_to_end(&mut response.body).await?;
    }
    Ok(response)
}

async fn read_head<R: AsyncBufRead + Unpin>(reader: &mut R) -> io::Result<RawResponse> {
    let start = read_line(reader).await?;
    let status = str::from_utf8(&start)
        .ok()
        .and_then(|line| line.strip_prefix("HTTP/1."))
        .and_then(|rest| rest.get(2..5)?.parse().ok())
        .ok_or_else(|| malformed("status line"))?;
    let mut response = RawResponse::new(status);
    loop {
        let line = read_line(reader).await?;
        if line.is_empty() {
            return Ok(response);
        }
        let colon = line
            .iter()
            .position(|&byte| byte == b':')
            .ok_or_else(|| malformed("header field"))?;
        let name = String::from_utf8_lossy(&line[..colon]).into_owned();
        response
            .headers
            .push((name, line[colon + 1..].trim_ascii().to_vec()));
    }
}

async fn read_chunks<R: AsyncBufRead + Unpin>(reader: &mut R) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(reader).await?;
        let size = str::from_utf8(&line)
            .ok()
            .and_then(|line| line.split(';').next());
        let size = size
            .and_then(|size| u64::from_str_radix(size.trim(), 16).ok())
            .ok_or_else(|| malformed("chunk size"))?;
        if size == 0 {
            while !read_line(reader).await?.is_empty() {}
            return Ok(body);
        }
        if reader.take(size).read_to_end(&mut body).await? as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read_line(reader).await?;
    }
}

/// A line without its line break. If the connection ends first, that is an error.
async fn read_line<R: AsyncBufRead + Unpin>(reader: &mut R) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).await?;
    let line = line
        .strip_suffix(b"\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(line.strip_suffix(b"\r").unwrap_or(line).to_vec())
}

fn malformed(part: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed {part}"))
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
