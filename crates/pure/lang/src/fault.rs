//! The table of everything that can be reported, and the bounded list reports go to.

use crate::bounds::{DIAGNOSTICS_MAX, PLACES_MAX};
use crate::damage::{Damage, Rests};
use source::{Diagnostic, Label, Rule, Severity, Span, Worded, displace};
use std::collections::BTreeMap;

/// Something is wrong and has been reported; what depends on it stays silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reported;

/// A table of rules (see [`source::rules!`]), each with what else a report of it rests on.
macro_rules! rules {
    ($($severity:ident $name:ident $({ $($word:ident),+ })? = $code:literal $(on $rests:ident)?, $message:literal, $help:literal;)*) => {
        source::rules! {
            $($severity $name $({ $($word),+ })? = $code, $message, $help;)*
        }

        fn rests(code: &str) -> Rests {
            match code {
                $($code => rules!(@rests $severity $($rests)?),)*
                // The faults of the syntax are no reports of this table.
                _ => Rests::Itself,
            }
        }

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
    Error MissingVersion = "missing-version" on Absence,
        "the text does not begin with the language version",
        "write `bulkhead 1` on the first line";
    Error UnsupportedVersion { version, help } = "unsupported-version",
        "`{version}` is not a language version this tool reads",
        "{help}";
    Error MissingSystem = "missing-system" on Absence,
        "there is no system",
        "write `system NAME {{ … }}` after `bulkhead 1`";
    Error SecondSystem = "second-system",
        "a second system begins here",
        "one text describes one system: put the other one into its own file";
    // The shape of a node.
    Error UnknownWord { word, place, help } = "unknown-word",
        "`{word}` has no meaning {place}",
        "{help}";
    Error NotInThisVersion { word } = "not-in-this-version",
        "`{word}` is not in this version of the language",
        "remove it, or comment it out with `/-`; nothing is ignored silently";
    Error UnknownProperty { property, word, help } = "unknown-property",
        "`{word}` has no property `{property}`",
        "{help}";
    Error RepeatedProperty { property } = "repeated-property",
        "`{property}` is set twice",
        "keep one of the two";
    Error MissingProperty { word, property, usage } = "missing-property" on Absence,
        "`{word}` needs `{property}=`",
        "write `{usage}`";
    Error MissingArgument { word, usage } = "missing-argument" on Absence,
        "`{word}` is incomplete",
        "write `{usage}`";
    Error ExtraArgument { argument, word, usage } = "extra-argument",
        "`{argument}` is one argument too many for `{word}`",
        "write `{usage}`";
    Error UnexpectedBlock { word, usage } = "unexpected-block",
        "`{word}` takes no block",
        "write `{usage}`";
    Error UnexpectedAnnotation { annotation } = "unexpected-annotation",
        "the annotation `({annotation})` has no meaning",
        "remove it; values get their meaning from where they stand";
    Error RepeatedWord { word } = "repeated-word",
        "`{word}` is written twice here",
        "keep one of the two";
    // Values.
    Error WrongValue { wanted, value, help } = "wrong-value",
        "{wanted} is meant here, not `{value}`",
        "{help}";
    Error UnknownChoice { word, choices } = "unknown-choice",
        "`{word}` is not {choices}",
        "write {choices}";
    Error BadName { word } = "bad-name",
        "`{word}` cannot be a name",
        "a name is a letter, then letters, digits, `-` and `_`, at most 64 in all; `all`, `without` and (for assumptions) `platform` are reserved";
    Error BadDuration { value, reason } = "bad-duration",
        "`{value}` is not a duration: {reason}",
        "write a number and one of `ns`, `us`, `ms`, `s`, `min`, `h`, `d`, such as `\"200ms\"`";
    Error BadSize { value, reason } = "bad-size",
        "`{value}` is not a size: {reason}",
        "write a number and one of `B`, `KiB`, `MiB`, `GiB`, such as `\"16MiB\"`";
    Error OutOfBounds { value, least, most, example } = "out-of-bounds",
        "`{value}` is not a whole number from {least} to {most}",
        "write one whole number from {least} to {most} without quotes, such as `{example}`";
    Error BadAddress { address } = "bad-address",
        "`{address}` is not an address with a port",
        "write it literally, such as `\"192.0.2.10:502\"` or `\"[::1]:502\"`, port 1 to 65535; names are not resolved";
    Error BadProgram { program } = "bad-program",
        "`{program}` cannot be the name of a program",
        "write the bare name of a program, or a path to it; quotes around it are plain `\"`";
    Error BadPath { path } = "bad-path",
        "`{path}` is not a path that can be granted",
        "write a path to a file without `..`; the path of a device begins with `/`";
    Error BadUnit { unit } = "bad-unit",
        "`{unit}` is not a unit",
        "write the unit as one word, such as `unit=ml`";
    Error BadRange { range, kind } = "bad-range",
        "`{range}` is not a range of `{kind}`",
        "write `\"LOW..HIGH\"`, ends included, LOW not above HIGH, both within the kind";
    Error EmptyText { what } = "empty-text",
        "`{what}` is empty",
        "write some text, or leave it out";
    // Names.
    Error DuplicateName { name } = "duplicate-name",
        "the name `{name}` is taken",
        "choose another name: subjects, externals, objects, domains, zones and data classes share one name space; types, requirements, assumptions, non-goals, platforms and labels have one each";
    Error UnknownLabel { label, axis } = "unknown-label" on Names,
        "there is no {axis} label `{label}`",
        "declare it in `labels`, or use a declared one";
    Error NoLabels { property, axis } = "no-labels" on Names,
        "`{property}` is used, but no {axis} labels are declared",
        "declare them: `labels {{ {axis} LOW … HIGH }}`";
    Error UnknownName { name, kind } = "unknown-name" on Names,
        "there is no {kind} `{name}`",
        "declare it, or use a declared one";
    Error WrongKind { name, kind, wanted } = "wrong-kind" on Names,
        "`{name}` is {kind}, but {wanted} is meant here",
        "name {wanted}";
    Error UnknownPort { node, port, kind, declaration } = "unknown-port" on Names,
        "`{node}` has no {kind} `{port}`",
        "declare it in the subject with {declaration}, or draw the grant or the channel that makes it; a channel makes the port that is left out of it";
    Error WrongDirection { port, way, wanted } = "wrong-direction" on Names,
        "`{port}` is an {way}, but an {wanted} is meant here",
        "information goes from out-ports to in-ports; in a trusted subject it passes from an in-port to an out-port";
    Error WrongSide { word, port, side, way } = "wrong-side",
        "`{word}` is for {side}s, and `{port}` is {way}",
        "remove it, or write it on a port of the other direction";
    Error ListedTwice { word } = "listed-twice",
        "`{word}` is listed twice",
        "keep one of the two";
    Error TooMany { most, what } = "too-many",
        "there are more than {most} {what}",
        "split the system into several";
    // Labels.
    Error LabelCycle { label, way } = "label-cycle",
        "label `{label}` would lie above itself{way}",
        "remove one `above=`; if both mean the same, use one label";
    Error MissingLabel { node, axis } = "missing-label" on Absence,
        "`{node}` has no {axis} label",
        "write `{axis}=LABEL` on it, or put it into a domain that has one";
    Error MissingPortLabel { port, axis } = "missing-port-label" on Absence,
        "port `{port}` of a trusted subject has no {axis} label",
        "write `{axis}=LABEL` on the port (on a grant `in-{axis}=` or `out-{axis}=`; for a channel without ports declare the port)";
    // Zones, types.
    Error TwoZones { node } = "two-zones",
        "`{node}` is listed in a zone and in one inside it",
        "list it in the inner one alone: what lies there lies in the outer one as well";
    Error ZoneCycle { zone } = "zone-cycle",
        "zone `{zone}` would lie inside itself",
        "remove one `in=`";
    Error NestedZone { outer } = "nested-zone",
        "a zone is not written inside another",
        "write it beside the other one and say where it lies: `zone NAME sl-t=… in={outer} {{ … }}`";
    Error EmptyType { name } = "empty-type" on Absence,
        "type `{name}` has no field",
        "write at least one field, such as `value u16`; for messages without content use an `event` channel";
    Error SameRustName { first, second } = "same-rust-name",
        "`{first}` and `{second}` would be the same name in programs",
        "choose names that differ by more than `-`, `_` and capitals";
    Error MessageTooLarge { name, bytes } = "message-too-large",
        "a message of type `{name}` would have {bytes} bytes, more than 1 MiB",
        "make its fields smaller; send large data in pieces";
    // Subjects.
    Error DuplicatePort { node, port, way } = "duplicate-port",
        "`{node}` has an {way} `{port}` already",
        "choose another name; only an in-port and an out-port may share one";
    Error BudgetAbovePeriod { budget, period } = "budget-above-period",
        "the budget `{budget}` is longer than its interval `{period}`",
        "a subject uses at most one core: make the budget at most the interval";
    Error TooManySettings { subject } = "too-many-settings",
        "the settings of `{subject}` are more than 256, or have more than 16 KiB together",
        "hand over large data in a file";
    Error NeedsRestart { word } = "needs-restart",
        "`{word}` is for `on-failure restart`",
        "remove it, or write `on-failure restart`";
    Error NeedsMaxAge = "needs-max-age",
        "`on-stale` says what to do with stale data, but nothing says when data is stale",
        "add `max-age=\"…\"`";
    Error DuplicatePass = "duplicate-pass",
        "this pass is listed already",
        "remove one of the two, or give them different `data`";
    // Grants.
    Error BadArrow { arrow, help } = "bad-arrow",
        "`{arrow}` is not an arrow that fits here",
        "{help}";
    Error WrongGrantDirection { resource, arrow, help } = "wrong-grant-direction",
        "`{resource}=` does not go with `{arrow}`",
        "{help}";
    Error MissingResource = "missing-resource",
        "nothing says what is granted",
        "add one of `tcp=`, `tcp-listen=`, `udp-in=`, `udp-out=`, `file=`, `device=`";
    Error TwoResources { first, second } = "two-resources",
        "`{first}=` and `{second}=` are granted at once",
        "write two grants";
    Error NeedlessQuota = "needless-quota",
        "`quota` limits a file that is written, and this grant writes none",
        "remove it, or grant the file with `->` or `<->`";
    Error SharedResource { resource, here, elsewhere } = "shared-resource",
        "`{resource}` is granted as `{here}` here and as `{elsewhere}` elsewhere",
        "one address, file or device is one external or object, otherwise a flow through it would not be drawn: use one peer for both";
    Error NestedPath { path } = "nested-path",
        "`{path}` and the path of another grant cannot both be files: one lies inside the other",
        "nothing lies inside a file: correct one of the two paths";
    Error NotOnePiece { path, reason } = "not-one-piece",
        "`{path}` cannot be granted: {reason}",
        "grant the one file or device that is meant";
    Error UnreachableAddress { address, reason } = "unreachable-address",
        "`{address}` cannot be met: {reason}",
        "write the address of one host (on a link with its number, such as `\"[fe80::1%2]:502\"`), port 1 to 65535; listeners and `udp-in` may take `0.0.0.0` or `[::]`, `udp-out` a multicast group";
    Error DuplicateAddress { address } = "duplicate-address",
        "`{address}` is listened on twice",
        "give each listener its own port";
    // Channels.
    Error ChannelToOutside { name, kind } = "channel-to-outside" on Names,
        "`{name}` is {kind}, and a channel joins two subjects",
        "draw a grant: `grant SUBJECT <-> {name} tcp=\"…\"`";
    Error SelfChannel { subject } = "self-channel",
        "this channel joins `{subject}` with itself",
        "remove it; what a subject keeps for itself needs no channel";
    Error DuplicateChannel { from, to } = "duplicate-channel",
        "`{from}` and `{to}` are joined already",
        "remove one of the two channels";
    Error PortTaken { port } = "port-taken",
        "port `{port}` is joined already",
        "a port joins one channel or grant: give each reader and each writer its own port";
    Error TypeMismatch { from, from_type, to, to_type } = "type-mismatch" on Names,
        "`{from}` has {from_type}, but `{to}` has {to_type}",
        "give both ends the same type";
    Error EventWithType { port } = "event-with-type" on Names,
        "an event carries nothing, so `{port}` cannot have a type",
        "remove the type, or use `sampling` or `queuing`";
    Error EventWithData { port } = "event-with-data" on Names,
        "an event carries nothing, so no data can leave `{port}`",
        "leave the data class out, or use `sampling` or `queuing`";
    Error MissingOverflow = "missing-overflow",
        "nothing says what happens when the queue is full",
        "write `overflow=drop-oldest` (the oldest message is lost, nothing flows back) or `overflow=credit` (the writer learns that it is full: this is a flow from reader to writer and is drawn as such)";
    Error NeedsQueuing { word } = "needs-queuing",
        "`{word}` is for `queuing` channels",
        "remove it, or write `queuing`";
    Error StatedTwice { word, port } = "stated-twice" on Names,
        "`{word}` is stated by the port `{port}` already",
        "keep one of the two";
    Error ChannelTooLarge { depth, bytes } = "channel-too-large" on Names,
        "{depth} messages of {bytes} bytes are more than 256 MiB",
        "lower `depth`, or make the messages smaller";
    // Requirements.
    Error EmptyRequirement { name } = "empty-requirement" on Absence,
        "requirement `{name}` claims nothing",
        "write at least one of `never`, `if-lost`, `fresh`, `latency` in its block";
    Error EmptyStart = "empty-start" on Absence,
        "the data starts nowhere: nothing of what is named stands for a node",
        "name a start that stands for some node, or leave `from` out if every origin of the class is meant";
    Error ThenWithoutFirst { count } = "then-without-first" on Absence,
        "`then` continues `except-through`, which names {count} subjects here",
        "name exactly one subject in `except-through` and the following ones, in order, in `then`";
    Error MediatorIsEnd { mediator, end } = "mediator-is-end" on Absence,
        "mediator `{mediator}` is also an end of this claim, by `{end}`",
        "a mediator stands between the ends: take it out of them (for a group, name its other nodes), or name another mediator";
    Error LostEnd { name } = "lost-end" on Absence,
        "`{name}` is lost, so nothing can flow from or to it",
        "take it out of `if-lost`, or name another end";
    // Platform.
    Error SecondDeployment = "second-deployment",
        "this version deploys on one platform",
        "keep one `deploy`";
    Error MissingDeploy = "missing-deploy" on Absence,
        "there are several platforms and no `deploy`",
        "write `deploy PLATFORM {{ all }}`";
    // What deserves a look.
    Warning UnconnectedPort { port } = "unconnected-port",
        "port `{port}` joins no channel",
        "draw its channel, or remove it";
    Warning MadePort { made, declared } = "made-port",
        "this channel makes the port `{made}` beside the declared `{declared}`, which joins no channel",
        "did you mean `{declared}`?";
    Warning UntypedChannel { channel } = "untyped-channel",
        "channel `{channel}` has no type: it carries up to 256 bytes that nothing checks",
        "write `type=TYPE` on the channel or on its ports";
    Warning Unused { kind, name, help } = "unused",
        "{kind} `{name}` is used by nothing",
        "{help}";
    Warning ClassNowhere { class } = "class-nowhere",
        "data class `{class}` originates nowhere, so every claim about it holds vacuously",
        "write `holds {class}` on a node or `data={class}` on an out-port or pass where it originates";
    Warning IdleAssumption { name } = "idle-assumption",
        "assumption `{name}` changes nothing: what it names could not relay anyway",
        "nothing goes in, or nothing comes out; name the external that does both, or remove it";
    Warning UnstatedReaction { port } = "unstated-reaction",
        "nothing says what `{port}` does with stale data",
        "add `on-stale=hold`, `on-stale=safe-value` or `on-stale=stop`";
    Warning HeartbeatBelowPeriod { subject, within } = "heartbeat-below-period",
        "`{subject}` polls more rarely than its heartbeat is due ({within} ms)",
        "lengthen `heartbeat within=` or shorten `period`";
    Warning TrustedSharesDomain { subject, domain } = "trusted-shares-domain",
        "trusted subject `{subject}` shares domain `{domain}`",
        "a trusted subject spans labels: leave `in=` out and give its ports their labels";
    Warning NeedlessLabelChange { word, axis, low, high } = "needless-label-change",
        "`{word}={axis}` is not needed: information may go from `{low}` to `{high}` anyway",
        "remove it, or correct the labels of the ports";
    Warning PassAnyClass = "pass-any-class",
        "this pass lets every data class through",
        "add `data=CLASS`, the class of what comes out";
    Warning RelayOnlyStated { name } = "relay-only-stated",
        "assumption `{name}` speaks of relaying, but changes no verdict",
        "if an external does not relay, say which: `{{ does-not-relay EXTERNAL }}`";
    Warning UntrustedMediator { name } = "untrusted-mediator",
        "mediator `{name}` is not trusted, so it promises nothing",
        "give it a `trusted` block that lists what it passes";
    Warning EmptyEnd { name } = "empty-end",
        "`{name}` stands for no node",
        "put nodes into it, or name something else; as it stands, nothing is claimed about it";
    Warning NoZone { nodes, lie } = "no-zone",
        "{nodes} {lie} in no zone, while zones are declared",
        "list it in a zone: what flows from and to it is in no conduit, and nothing is concluded from a zoning that is not complete";
    Warning NotDeployed { subject } = "not-deployed",
        "subject `{subject}` is not deployed",
        "add it to `deploy`";
    Warning UnqualifiedCriticality { level, qualified } = "unqualified-criticality",
        "no platform states that it is qualified for `{level}`",
        "capabilities are your own words, compared letter by letter; the platforms are `qualified` for {qualified}: write one of these, or add `{level}` to the platform that is qualified for it";
    Error TooManyDiagnostics { most } = "too-many-diagnostics",
        "there are more than {most} diagnostics",
        "correct these first";
}

/// The codes of everything this crate can report (besides those of crate `kdl`), in the order of
/// the document.
pub fn codes() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.code)
}

/// The texts of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.code == code)
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

/// A fault at a place.
pub(crate) fn found(fault: &dyn Worded, span: Span) -> Diagnostic {
    fault.rule().at(span, &|name| shown(fault.word(name)))
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
        self.damage.is_some() && self.damage.explains(diagnostic, rests(diagnostic.code))
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
            // The repair is that of every place.
            if !first.fix.is_empty() {
                first.fix.extend(diagnostic.fix);
            }
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
            let most = &DIAGNOSTICS_MAX.to_string();
            let more = found(&TooManyDiagnostics { most }, last);
            self.list.push(Diagnostic { severity, ..more });
        }
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(more.code, TooManyDiagnostics::RULE.code);
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
