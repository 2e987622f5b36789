//! Who calls, where several threads of a host do: what stands before a call of another than the last.

use std::collections::BTreeMap;

use crate::model::{Call, HostId};
use crate::text::visible;

/// Remembers who of each host called last.
#[derive(Debug, Default)]
pub(super) struct Callers {
    last: BTreeMap<HostId, (u32, u32)>,
}

impl Callers {
    /// `python3[7] `, where another process or thread called before; nothing where it is the same, the first, or a script.
    pub fn before(&mut self, call: &Call) -> String {
        let Some(site) = call.site.as_deref() else {
            return String::new();
        };
        let now = (site.process, site.thread);
        match self.last.insert(call.host, now) {
            Some(last) if last != now => {
                let program = visible::untrusted(&site.program);
                format!("{program}[{}] ", site.thread)
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CallId, CallName, CallSite, Time};

    #[test]
    fn who_calls_is_said_when_it_is_another() {
        let call = |host, thread| Call {
            at: Time::default(),
            id: CallId(0),
            host,
            socket: 1,
            label: "".into(),
            name: CallName::Close,
            args: Vec::new(),
            kept_waiting: None,
            site: Some(Box::new(CallSite {
                process: 2,
                thread,
                program: "a\u{1b}b".into(),
                fd: Some(3),
                unread: None,
            })),
        };
        let mut callers = Callers::default();
        let said = [(0, 2), (0, 2), (1, 2), (0, 5), (0, 5), (0, 2)]
            .map(|(host, thread)| callers.before(&call(HostId(host), thread)));
        assert_eq!(said[3], format!("{}[5] ", visible::text("a\u{1b}b")));
        assert_eq!(said.iter().filter(|said| said.is_empty()).count(), 4);
        assert!(said[5].ends_with("[2] "));
    }
}
