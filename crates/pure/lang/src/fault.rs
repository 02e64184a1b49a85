//! The table of everything that can be reported, and the bounded list reports go to.

use crate::bounds::{DIAGNOSTICS_MAX, PLACES_MAX};
use crate::damage::{Damage, Rests};
use source::{Diagnostic, Label, Severity, Span, displace};
use std::collections::BTreeMap;

/// One kind of fault. In `message` and `help`, `{0}`, `{1}`, … stand for words of the user.
pub(crate) struct Rule {
    code: &'static str,
    severity: Severity,
    rests: Rests,
    message: &'static str,
    help: &'static str,
}

/// Something is wrong and has been reported; what depends on it stays silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reported;

macro_rules! rules {
    ($($severity:ident $name:ident = $code:literal $(on $rests:ident)?, $message:literal, $help:literal;)*) => {
        $(pub(crate) const $name: Rule = Rule {
            code: $code,
            severity: Severity::$severity,
            rests: rules!(@rests $severity $($rests)?),
            message: $message,
            help: $help,
        };)*
        const ALL: &[Rule] = &[$($name),*];

        /// For a code, a text that is reported under it and one that does it right.
        pub fn example(code: &str) -> Option<(&'static str, &'static str)> {
            Some(match code {
                $($code => (
                    include_str!(concat!("../tests/faults/", $code, ".kdl")),
                    include_str!(concat!("../tests/right/", $code, ".kdl")),
                ),)*
                _ => return None,
            })
        }
    };
    (@rests Warning) => { Rests::Absence };
    (@rests Error) => { Rests::Itself };
    (@rests Error $rests:ident) => { Rests::$rests };
}

rules! {
    // The document.
    Error MISSING_VERSION = "missing-version" on Absence,
        "the text does not begin with the language version",
        "write `bulkhead 1` on the first line";
    Error UNSUPPORTED_VERSION = "unsupported-version",
        "`{0}` is not a language version this tool reads",
        "{1}";
    Error MISSING_SYSTEM = "missing-system" on Absence,
        "there is no system",
        "write `system NAME { … }` after `bulkhead 1`";
    Error SECOND_SYSTEM = "second-system",
        "a second system begins here",
        "one text describes one system: put the other one into its own file";
    // The shape of a node.
    Error UNKNOWN_WORD = "unknown-word",
        "`{0}` has no meaning {1}",
        "{2}";
    Error NOT_IN_THIS_VERSION = "not-in-this-version",
        "`{0}` is not in this version of the language",
        "remove it, or comment it out with `/-`; nothing is ignored silently";
    Error UNKNOWN_PROPERTY = "unknown-property",
        "`{1}` has no property `{0}`",
        "{2}";
    Error REPEATED_PROPERTY = "repeated-property",
        "`{0}` is set twice",
        "keep one of the two";
    Error MISSING_PROPERTY = "missing-property" on Absence,
        "`{0}` needs `{1}=`",
        "write `{2}`";
    Error MISSING_ARGUMENT = "missing-argument" on Absence,
        "`{0}` is incomplete",
        "write `{1}`";
    Error EXTRA_ARGUMENT = "extra-argument",
        "`{0}` is one argument too many for `{1}`",
        "write `{2}`";
    Error UNEXPECTED_BLOCK = "unexpected-block",
        "`{0}` takes no block",
        "write `{1}`";
    Error UNEXPECTED_ANNOTATION = "unexpected-annotation",
        "the annotation `({0})` has no meaning",
        "remove it; values get their meaning from where they stand";
    Error REPEATED_WORD = "repeated-word",
        "`{0}` is written twice here",
        "keep one of the two";
    // Values.
    Error WRONG_VALUE = "wrong-value",
        "{0} is meant here, not `{1}`",
        "{2}";
    Error UNKNOWN_CHOICE = "unknown-choice",
        "`{0}` is not {1}",
        "write {1}";
    Error BAD_NAME = "bad-name",
        "`{0}` cannot be a name",
        "a name is a letter, then letters, digits, `-` and `_`, at most 64 in all; `all`, `without` and (for assumptions) `platform` are reserved";
    Error BAD_DURATION = "bad-duration",
        "`{0}` is not a duration: {1}",
        "write a number and one of `ns`, `us`, `ms`, `s`, `min`, `h`, `d`, such as `\"200ms\"`";
    Error BAD_SIZE = "bad-size",
        "`{0}` is not a size: {1}",
        "write a number and one of `B`, `KiB`, `MiB`, `GiB`, such as `\"16MiB\"`";
    Error OUT_OF_BOUNDS = "out-of-bounds",
        "`{0}` is not a whole number from {1} to {2}",
        "write one whole number from {1} to {2} without quotes, such as `{3}`";
    Error BAD_ADDRESS = "bad-address",
        "`{0}` is not an address with a port",
        "write it literally, such as `\"192.0.2.10:502\"` or `\"[::1]:502\"`, port 1 to 65535; names are not resolved";
    Error BAD_PROGRAM = "bad-program",
        "`{0}` cannot be the name of a program",
        "write the bare name of a program, or a path to it; quotes around it are plain `\"`";
    Error BAD_PATH = "bad-path",
        "`{0}` is not a path that can be granted",
        "write a path to a file without `..`; the path of a device begins with `/`";
    Error BAD_UNIT = "bad-unit",
        "`{0}` is not a unit",
        "write the unit as one word, such as `unit=ml`";
    Error BAD_RANGE = "bad-range",
        "`{0}` is not a range of `{1}`",
        "write `\"LOW..HIGH\"`, ends included, LOW not above HIGH, both within the kind";
    Error EMPTY_TEXT = "empty-text",
        "`{0}` is empty",
        "write some text, or leave it out";
    // Names.
    Error DUPLICATE_NAME = "duplicate-name",
        "the name `{0}` is taken",
        "choose another name: subjects, externals, objects, domains, zones and data classes share one name space; types, requirements, assumptions, non-goals, platforms and labels have one each";
    Error UNKNOWN_LABEL = "unknown-label" on Names,
        "there is no {1} label `{0}`",
        "declare it in `labels`, or use a declared one";
    Error NO_LABELS = "no-labels" on Names,
        "`{0}` is used, but no {1} labels are declared",
        "declare them: `labels {{ {1} LOW … HIGH }}`";
    Error UNKNOWN_NAME = "unknown-name" on Names,
        "there is no {1} `{0}`",
        "declare it, or use a declared one";
    Error WRONG_KIND = "wrong-kind" on Names,
        "`{0}` is {1}, but {2} is meant here",
        "name {2}";
    Error UNKNOWN_PORT = "unknown-port" on Names,
        "`{0}` has no {2} `{1}`",
        "declare it in the subject with {3}, or draw the grant or the channel that makes it; a channel makes the port that is left out of it";
    Error WRONG_DIRECTION = "wrong-direction" on Names,
        "`{0}` is an {1}, but an {2} is meant here",
        "information goes from out-ports to in-ports; in a trusted subject it passes from an in-port to an out-port";
    Error WRONG_SIDE = "wrong-side",
        "`{0}` is for {2}s, and `{1}` is {3}",
        "remove it, or write it on a port of the other direction";
    Error LISTED_TWICE = "listed-twice",
        "`{0}` is listed twice",
        "keep one of the two";
    Error TOO_MANY = "too-many",
        "there are more than {0} {1}",
        "split the system into several";
    // Labels.
    Error LABEL_CYCLE = "label-cycle",
        "label `{0}` would lie above itself{1}",
        "remove one `above=`; if both mean the same, use one label";
    Error MISSING_LABEL = "missing-label" on Absence,
        "`{0}` has no {1} label",
        "write `{1}=LABEL` on it, or put it into a domain that has one";
    Error MISSING_PORT_LABEL = "missing-port-label" on Absence,
        "port `{0}` of a trusted subject has no {1} label",
        "write `{1}=LABEL` on the port (on a grant `in-{1}=` or `out-{1}=`; for a channel without ports declare the port)";
    // Zones, types.
    Error TWO_ZONES = "two-zones",
        "`{0}` is listed in a zone and in one inside it",
        "list it in the inner one alone: what lies there lies in the outer one as well";
    Error ZONE_CYCLE = "zone-cycle",
        "zone `{0}` would lie inside itself",
        "remove one `in=`";
    Error NESTED_ZONE = "nested-zone",
        "a zone is not written inside another",
        "write it beside the other one and say where it lies: `zone NAME sl-t=… in={0} {{ … }}`";
    Error EMPTY_TYPE = "empty-type" on Absence,
        "type `{0}` has no field",
        "write at least one field, such as `value u16`; for messages without content use an `event` channel";
    Error SAME_RUST_NAME = "same-rust-name",
        "`{0}` and `{1}` would be the same name in programs",
        "choose names that differ by more than `-`, `_` and capitals";
    Error MESSAGE_TOO_LARGE = "message-too-large",
        "a message of type `{0}` would have {1} bytes, more than 1 MiB",
        "make its fields smaller; send large data in pieces";
    // Subjects.
    Error DUPLICATE_PORT = "duplicate-port",
        "`{0}` has an {2} `{1}` already",
        "choose another name; only an in-port and an out-port may share one";
    Error BUDGET_ABOVE_PERIOD = "budget-above-period",
        "the budget `{0}` is longer than its interval `{1}`",
        "a subject uses at most one core: make the budget at most the interval";
    Error TOO_MANY_SETTINGS = "too-many-settings",
        "the settings of `{0}` are more than 256, or have more than 16 KiB together",
        "hand over large data in a file";
    Error NEEDS_RESTART = "needs-restart",
        "`{0}` is for `on-failure restart`",
        "remove it, or write `on-failure restart`";
    Error NEEDS_MAX_AGE = "needs-max-age",
        "`on-stale` says what to do with stale data, but nothing says when data is stale",
        "add `max-age=\"…\"`";
    Error DUPLICATE_PASS = "duplicate-pass",
        "this pass is listed already",
        "remove one of the two, or give them different `data`";
    // Grants.
    Error BAD_ARROW = "bad-arrow",
        "`{0}` is not an arrow that fits here",
        "{1}";
    Error WRONG_GRANT_DIRECTION = "wrong-grant-direction",
        "`{0}=` does not go with `{1}`",
        "{2}";
    Error MISSING_RESOURCE = "missing-resource",
        "nothing says what is granted",
        "add one of `tcp=`, `tcp-listen=`, `udp-in=`, `udp-out=`, `file=`, `device=`";
    Error TWO_RESOURCES = "two-resources",
        "`{0}=` and `{1}=` are granted at once",
        "write two grants";
    Error NEEDLESS_QUOTA = "needless-quota",
        "`quota` limits a file that is written, and this grant writes none",
        "remove it, or grant the file with `->` or `<->`";
    Error SHARED_RESOURCE = "shared-resource",
        "`{0}` is granted as `{1}` here and as `{2}` elsewhere",
        "one address, file or device is one external or object, otherwise a flow through it would not be drawn: use one peer for both";
    Error NESTED_PATH = "nested-path",
        "`{0}` and the path of another grant cannot both be files: one lies inside the other",
        "nothing lies inside a file: correct one of the two paths";
    Error NOT_ONE_PIECE = "not-one-piece",
        "`{0}` cannot be granted: {1}",
        "grant the one file or device that is meant";
    Error UNREACHABLE_ADDRESS = "unreachable-address",
        "`{0}` cannot be met: {1}",
        "write the address of one host (on a link with its number, such as `\"[fe80::1%2]:502\"`), port 1 to 65535; listeners and `udp-in` may take `0.0.0.0` or `[::]`, `udp-out` a multicast group";
    Error DUPLICATE_ADDRESS = "duplicate-address",
        "`{0}` is listened on twice",
        "give each listener its own port";
    // Channels.
    Error CHANNEL_TO_OUTSIDE = "channel-to-outside" on Names,
        "`{0}` is {1}, and a channel joins two subjects",
        "draw a grant: `grant SUBJECT <-> {0} tcp=\"…\"`";
    Error SELF_CHANNEL = "self-channel",
        "this channel joins `{0}` with itself",
        "remove it; what a subject keeps for itself needs no channel";
    Error DUPLICATE_CHANNEL = "duplicate-channel",
        "`{0}` and `{1}` are joined already",
        "remove one of the two channels";
    Error PORT_TAKEN = "port-taken",
        "port `{0}` is joined already",
        "a port joins one channel or grant: give each reader and each writer its own port";
    Error TYPE_MISMATCH = "type-mismatch" on Names,
        "`{0}` has {1}, but `{2}` has {3}",
        "give both ends the same type";
    Error EVENT_WITH_TYPE = "event-with-type" on Names,
        "an event carries nothing, so `{0}` cannot have a type",
        "remove the type, or use `sampling` or `queuing`";
    Error EVENT_WITH_DATA = "event-with-data" on Names,
        "an event carries nothing, so no data can leave `{0}`",
        "leave the data class out, or use `sampling` or `queuing`";
    Error MISSING_OVERFLOW = "missing-overflow",
        "nothing says what happens when the queue is full",
        "write `overflow=drop` (the oldest message is lost, nothing flows back) or `overflow=credit` (the writer learns that it is full: this is a flow from reader to writer and is drawn as such)";
    Error NEEDS_QUEUING = "needs-queuing",
        "`{0}` is for `queuing` channels",
        "remove it, or write `queuing`";
    Error STATED_TWICE = "stated-twice" on Names,
        "`{0}` is stated by the port `{1}` already",
        "keep one of the two";
    Error CHANNEL_TOO_LARGE = "channel-too-large" on Names,
        "{0} messages of {1} bytes are more than 256 MiB",
        "lower `depth`, or make the messages smaller";
    // Requirements.
    Error EMPTY_REQUIREMENT = "empty-requirement" on Absence,
        "requirement `{0}` claims nothing",
        "write at least one of `never`, `if-lost`, `fresh`, `latency` in its block";
    Error EMPTY_START = "empty-start" on Absence,
        "the data starts nowhere: nothing of what is named stands for a node",
        "name a start that stands for some node, or leave `from` out if every origin of the class is meant";
    Error THEN_WITHOUT_FIRST = "then-without-first" on Absence,
        "`then` continues `except-through`, which names {0} subjects here",
        "name exactly one subject in `except-through` and the following ones, in order, in `then`";
    Error MEDIATOR_IS_END = "mediator-is-end" on Absence,
        "mediator `{0}` is also an end of this claim, by `{1}`",
        "a mediator stands between the ends: take it out of them (for a group, name its other nodes), or name another mediator";
    Error LOST_END = "lost-end" on Absence,
        "`{0}` is lost, so nothing can flow from or to it",
        "take it out of `if-lost`, or name another end";
    // Platform.
    Error SECOND_DEPLOYMENT = "second-deployment",
        "this version deploys on one platform",
        "keep one `deploy`";
    Error MISSING_DEPLOY = "missing-deploy" on Absence,
        "there are several platforms and no `deploy`",
        "write `deploy PLATFORM {{ all }}`";
    // What deserves a look.
    Warning UNCONNECTED_PORT = "unconnected-port",
        "port `{0}` joins no channel",
        "draw its channel, or remove it";
    Warning MADE_PORT = "made-port",
        "this channel makes the port `{0}` beside the declared `{1}`, which joins no channel",
        "did you mean `{1}`?";
    Warning UNTYPED_CHANNEL = "untyped-channel",
        "channel `{0}` has no type: it carries up to 256 bytes that nothing checks",
        "write `type=TYPE` on the channel or on its ports";
    Warning UNUSED = "unused",
        "{0} `{1}` is used by nothing",
        "{2}";
    Warning CLASS_NOWHERE = "class-nowhere",
        "data class `{0}` originates nowhere, so every claim about it holds vacuously",
        "write `holds {0}` on a node or `data={0}` on an out-port or pass where it originates";
    Warning IDLE_ASSUMPTION = "idle-assumption",
        "assumption `{0}` changes nothing: what it names could not relay anyway",
        "nothing goes in, or nothing comes out; name the external that does both, or remove it";
    Warning UNSTATED_REACTION = "unstated-reaction",
        "nothing says what `{0}` does with stale data",
        "add `on-stale=hold`, `on-stale=safe-value` or `on-stale=stop`";
    Warning HEARTBEAT_BELOW_PERIOD = "heartbeat-below-period",
        "`{0}` polls more rarely than its heartbeat is due ({1} ms)",
        "lengthen `heartbeat within=` or shorten `period`";
    Warning TRUSTED_SHARES_DOMAIN = "trusted-shares-domain",
        "trusted subject `{0}` shares domain `{1}`",
        "a trusted subject spans labels: leave `in=` out and give its ports their labels";
    Warning NEEDLESS_LABEL_CHANGE = "needless-label-change",
        "`{0}={1}` is not needed: information may go from `{2}` to `{3}` anyway",
        "remove it, or correct the labels of the ports";
    Warning PASS_ANY_CLASS = "pass-any-class",
        "this pass lets every data class through",
        "add `data=CLASS`, the class of what comes out";
    Warning RELAY_ONLY_STATED = "relay-only-stated",
        "assumption `{0}` speaks of relaying, but changes no verdict",
        "if an external does not relay, say which: `{{ does-not-relay EXTERNAL }}`";
    Warning UNTRUSTED_MEDIATOR = "untrusted-mediator",
        "mediator `{0}` is not trusted, so it promises nothing",
        "give it a `trusted` block that lists what it passes";
    Warning EMPTY_END = "empty-end",
        "`{0}` stands for no node",
        "put nodes into it, or name something else; as it stands, nothing is claimed about it";
    Warning NO_ZONE = "no-zone",
        "{0} {1} in no zone, while zones are declared",
        "list it in a zone: what flows from and to it is in no conduit, and nothing is concluded from a zoning that is not complete";
    Warning NOT_DEPLOYED = "not-deployed",
        "subject `{0}` is not deployed",
        "add it to `deploy`";
    Warning UNQUALIFIED_CRITICALITY = "unqualified-criticality",
        "no platform states that it is qualified for `{0}`",
        "capabilities are your own words, compared letter by letter; the platforms are `qualified` for {1}: write one of these, or add `{0}` to the platform that is qualified for it";
    Error TOO_MANY_DIAGNOSTICS = "too-many-diagnostics",
        "there are more than {0} diagnostics",
        "correct these first";
}

/// The codes of everything this crate can report (besides those of crate `kdl`), in the order of
/// the document.
pub fn codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|rule| rule.code)
}

/// The user's text as it may stand in a message: one line, not endless.
pub(crate) fn shown(word: &str) -> String {
    const MOST: usize = 160;
    let mut text: String = word
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if word.chars().nth(MOST).is_some() {
        text.push('…');
    }
    text
}

/// Puts words in the place of `{0}`, `{1}`, …; `{{` and `}}` are braces.
fn fill(template: &str, words: &[&str]) -> String {
    let mut text = String::new();
    let mut rest = template.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek().copied()) {
            ('{', Some('{')) | ('}', Some('}')) => {
                rest.next();
                text.push(c);
            }
            ('{', Some(digit)) if digit.is_ascii_digit() => {
                let index = digit.to_digit(10).unwrap_or(0) as usize;
                text.push_str(&words.get(index).map(|word| shown(word)).unwrap_or_default());
                rest.next();
                rest.next();
            }
            _ => text.push(c),
        }
    }
    text
}

impl Rule {
    /// The fault at a place, with the words that the message is about.
    pub(crate) fn at(&self, span: Span, words: &[&str]) -> Diagnostic {
        let message = fill(self.message, words);
        let diagnostic = match self.severity {
            Severity::Error => Diagnostic::error(self.code, span, message),
            Severity::Warning => Diagnostic::warning(self.code, span, message),
        };
        diagnostic.help(fill(self.help, words))
    }
}

/// Help that names the nearest known word first.
pub(crate) fn meant(diagnostic: Diagnostic, nearest: Option<&str>) -> Diagnostic {
    match nearest {
        Some(word) => diagnostic.help(format!("did you mean `{word}`?")),
        None => diagnostic,
    }
}

/// The bounded list of what was reported.
#[derive(Default)]
pub(crate) struct Faults {
    damage: Damage,
    list: Vec<Diagnostic>,
    /// Names that nothing declares, each with its report in the list.
    unknown: BTreeMap<String, usize>,
    /// The worst of what was left out.
    left_out: Option<Severity>,
}

impl Faults {
    /// A list without what may only follow from damage to the text.
    pub(crate) fn of_damaged(damage: Damage) -> Self {
        Self {
            damage,
            ..Self::default()
        }
    }

    fn waits(&self, diagnostic: &Diagnostic) -> bool {
        let rests = || {
            let rule = ALL.iter().find(|rule| rule.code == diagnostic.code);
            rule.map_or(Rests::Itself, |rule| rule.rests)
        };
        self.damage.is_some() && self.damage.explains(diagnostic, rests())
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) -> Reported {
        if self.waits(&diagnostic) {
            return Reported;
        }
        if self.is_full() {
            self.leave_out(diagnostic);
        } else {
            self.list.push(diagnostic);
        }
        Reported
    }

    /// There is no room but that of a warning. That warnings are left out does no harm; errors that are must
    /// leave an error behind.
    fn leave_out(&mut self, diagnostic: Diagnostic) {
        let left = match self.left_out {
            Some(Severity::Error) => Severity::Error,
            _ => displace(&mut self.list, diagnostic, |own| own.severity).severity,
        };
        self.left_out = self.left_out.max(Some(left));
    }

    /// Adds the report of a name that nothing declares; where it is used again is a further place of
    /// the first report.
    pub(crate) fn push_unknown(&mut self, name: &str, diagnostic: Diagnostic) -> Reported {
        if self.waits(&diagnostic) {
            return Reported;
        }
        // Its report may have given its place to an error.
        let code = diagnostic.code;
        let first = self
            .unknown
            .get(name)
            .and_then(|index| self.list.get_mut(*index))
            .filter(|first| first.code == code);
        let Some(first) = first else {
            if !self.is_full() {
                self.unknown.insert(name.to_owned(), self.list.len());
            }
            return self.push(diagnostic);
        };
        let (old, new) = (first.span(), diagnostic.span());
        let places = first.labels.len();
        if let Some(main) = first.labels.first_mut()
            && places < PLACES_MAX
        {
            main.span = old.min(new);
            first.labels.push(Label {
                span: old.max(new),
                message: "also here".to_owned(),
            });
        }
        Reported
    }

    /// Whether an error was found, or the text is damaged.
    pub(crate) fn has_errors(&self) -> bool {
        self.damage.is_some() || self.list.iter().any(Diagnostic::is_error)
    }

    /// Whether further reports are dropped: then there is no use in preparing them well.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= DIAGNOSTICS_MAX
    }

    /// Everything in the order of the text.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| {
            (
                diagnostic.span().start,
                diagnostic.span().end,
                diagnostic.code,
            )
        });
        if let Some(severity) = self.left_out {
            let last = self.list.last().map(Diagnostic::span).unwrap_or_default();
            let number = DIAGNOSTICS_MAX.to_string();
            let more = TOO_MANY_DIAGNOSTICS.at(last, &[&number]);
            self.list.push(Diagnostic { severity, ..more });
        }
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_put_in_their_places() {
        assert_eq!(fill("`{0}` of {1} {{ x }}", &["a", "b"]), "`a` of b { x }");
        assert_eq!(fill("{1}", &["a"]), "");
        assert_eq!(fill("{0}", &["{1}"]), "{1}");
    }

    #[test]
    fn users_words_stay_on_one_line_and_short() {
        assert_eq!(shown("a\nb\u{1b}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(shown(&"x".repeat(200)).chars().count(), 161);
    }

    #[test]
    fn dropped_warnings_make_a_warning_and_hide_no_error() {
        let warning = |code| Diagnostic::warning(code, Span::new(0, 0), "m".to_owned());
        let error = |code| Diagnostic::error(code, Span::new(0, 0), "m".to_owned());
        let found = |own: &[Diagnostic]| {
            let mut faults = Faults::default();
            for _ in 0..=DIAGNOSTICS_MAX {
                faults.push(warning("w"));
            }
            for own in own {
                faults.push(own.clone());
            }
            assert_eq!(faults.has_errors(), own.iter().any(Diagnostic::is_error));
            let list = faults.finish();
            assert_eq!(list.len(), DIAGNOSTICS_MAX + 1);
            let mut last: Vec<_> = list
                .into_iter()
                .rev()
                .filter(|own| own.code != "w")
                .collect();
            let more = last.remove(0);
            assert_eq!(more.code, TOO_MANY_DIAGNOSTICS.code);
            (more.severity, last.len())
        };
        assert_eq!(found(&[]), (Severity::Warning, 0));
        assert_eq!(found(&[warning("w")]), (Severity::Warning, 0));
        assert_eq!(found(&[error("e")]), (Severity::Warning, 1));
        let errors = vec![error("e"); DIAGNOSTICS_MAX];
        assert_eq!(found(&errors), (Severity::Warning, DIAGNOSTICS_MAX));
        let errors = vec![error("e"); DIAGNOSTICS_MAX + 1];
        assert_eq!(found(&errors), (Severity::Error, DIAGNOSTICS_MAX));
    }

    #[test]
    fn a_name_that_lost_its_place_marks_no_other_report() {
        let mut faults = Faults::default();
        for _ in 1..DIAGNOSTICS_MAX {
            faults.push(Diagnostic::error("e", Span::new(0, 0), "m".to_owned()));
        }
        let named = |at| Diagnostic::warning("n", Span::new(at, at), "m".to_owned());
        faults.push_unknown("name", named(1));
        faults.push(Diagnostic::error("f", Span::new(2, 2), "m".to_owned()));
        faults.push_unknown("name", named(3));
        let list = faults.finish();
        assert!(list.iter().all(|own| own.labels.len() == 1), "{list:?}");
    }

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut codes: Vec<&str> = codes().collect();
        assert!(
            codes
                .iter()
                .all(|c| c.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        );
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
