//! A scanner that speaks clamd's protocol over TCP.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// A scanner that is there answers a call within this time.
const CONNECT: Duration = Duration::from_secs(5);
/// So long may one step of the conversation take.
const PATIENCE: Duration = Duration::from_secs(60);
/// A file is sent in parts of this length.
const PART: usize = 64 << 10;
/// No answer is longer.
const LONGEST: u64 = 4 << 10;

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// The scanner is not there: other files would fare no better.
    Away(io::Error),
    /// The scanner did not take this file to its end.
    Refused(io::Error),
}

/// Where the scanner is.
pub struct Scanner {
    address: String,
}

impl Scanner {
    /// The scanner at `host:port`.
    pub fn at(address: String) -> Self {
        Self { address }
    }

    /// Asks about a file; answers what the scanner said.
    pub fn ask(&self, content: &[u8]) -> Result<String, NoAnswer> {
        let mut stream = self.connect().map_err(NoAnswer::Away)?;
        converse(&mut stream, content).map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
                NoAnswer::Refused(error)
            }
            _ => NoAnswer::Away(error),
        })
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let mut last = io::Error::new(ErrorKind::NotFound, "the name leads to no address");
        for address in self.address.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE))?;
                    stream.set_write_timeout(Some(PATIENCE))?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// INSTREAM: parts with their lengths before them, the last of no length; the answer ends with a NUL.
fn converse(stream: &mut TcpStream, content: &[u8]) -> io::Result<String> {
    stream.write_all(b"zINSTREAM\0")?;
    for part in content.chunks(PART) {
        let length = u32::try_from(part.len()).map_err(io::Error::other)?;
        stream.write_all(&length.to_be_bytes())?;
        stream.write_all(part)?;
    }
    stream.write_all(&[0; 4])?;
    let mut answer = Vec::new();
    BufReader::new(stream.take(LONGEST)).read_until(0, &mut answer)?;
    Ok(String::from_utf8_lossy(&answer).trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned())
}
