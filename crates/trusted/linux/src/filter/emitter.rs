//! The emitter: rules as a program of classic BPF.

use super::{Answer, Case, Rule};
use crate::sys::Instruction;
use libc::seccomp_data;
use std::mem::offset_of;

// Instructions (linux/bpf_common.h): load a word of the call's data, and, jump if equal, jump if
// greater or equal, jump always, return.
pub(super) const LOAD: u16 = 0x20;
pub(super) const AND: u16 = 0x54;
pub(super) const JUMP_EQUAL: u16 = 0x15;
pub(super) const JUMP_NOT_LESS: u16 = 0x35;
pub(super) const JUMP: u16 = 0x05;
pub(super) const RETURN: u16 = 0x06;

/// `AUDIT_ARCH_X86_64` (linux/audit.h): machine 62, 64-bit, little-endian.
pub(super) const ARCHITECTURE: u32 = 0xc000_003e;
/// Calls from here on belong to the x32 interface, or are no calls at all.
pub(super) const X32_FIRST: u32 = 0x4000_0000;

/// No instruction: the kernel refuses a program that has it.
const NONE: u16 = u16::MAX;

/// Where the kernel has number, interface and arguments of a call.
const NUMBER: u32 = offset_of!(seccomp_data, nr) as u32;
const INTERFACE: u32 = offset_of!(seccomp_data, arch) as u32;
const ARGUMENTS: u32 = offset_of!(seccomp_data, args) as u32;

/// Farthest target of a conditional jump.
const REACH: usize = u8::MAX as usize;

pub(super) fn emit(rules: &[Rule]) -> Vec<Instruction> {
    let mut assembler = Assembler::default();
    let call = assembler.search(&spans(rules));
    let kill = assembler.answer(Answer::Kill);
    let own = assembler.branch(JUMP_NOT_LESS, X32_FIRST, kill, call);
    let own = assembler.load(NUMBER, own);
    let start = assembler.branch(JUMP_EQUAL, ARCHITECTURE, own, kill);
    assembler.load(INTERFACE, start);
    assembler.reversed.reverse();
    assembler.reversed
}

/// An instruction by the number of those behind it.
type Label = usize;

/// A program that grows from its end, because jumps only go forward: each piece is added with the
/// labels where it leads. Equal answers are one instruction as far as jumps reach: the kernel
/// translates each instruction of a filter when it is installed, which is a good part of a start.
#[derive(Default)]
struct Assembler {
    reversed: Vec<Instruction>,
    answers: Vec<(u32, Label)>,
}

impl Assembler {
    fn push(&mut self, code: u16, k: u32, jt: u8, jf: u8) -> Label {
        self.reversed.push(Instruction { code, jt, jf, k });
        self.reversed.len() - 1
    }

    /// An instruction that gives this answer, near enough for the next few jumps.
    fn answer(&mut self, answer: Answer) -> Label {
        let near = self.reversed.len().saturating_sub(REACH * 3 / 4);
        let known = self
            .answers
            .iter()
            .rev()
            .find(|(known, _)| *known == answer.value());
        match known {
            Some((_, label)) if *label >= near => *label,
            _ => {
                let label = self.push(RETURN, answer.value(), 0, 0);
                self.answers.push((answer.value(), label));
                label
            }
        }
    }

    /// How far a jump that is added now is from its target.
    fn distance(&self, target: Label) -> usize {
        self.reversed.len() - target - 1
    }

    /// A place within reach that leads to the target.
    fn reach(&mut self, target: Label) -> Label {
        // The other way out may need an instruction in between, too.
        if self.distance(target) < REACH {
            target
        } else {
            self.jump(target)
        }
    }

    fn jump(&mut self, target: Label) -> Label {
        // One that does not fit leads out of the program, which the kernel refuses then.
        let distance = u32::try_from(self.distance(target)).unwrap_or(u32::MAX);
        self.push(JUMP, distance, 0, 0)
    }

    fn branch(&mut self, code: u16, k: u32, yes: Label, no: Label) -> Label {
        let yes = self.reach(yes);
        let no = self.reach(no);
        let [jt, jf] = [yes, no].map(|label| u8::try_from(self.distance(label)));
        match (jt, jf) {
            (Ok(jt), Ok(jf)) => self.push(code, k, jt, jf),
            // Both are within reach; if they were not, a jump elsewhere would be another filter.
            _ => self.push(NONE, 0, 0, 0),
        }
    }

    /// An instruction without a choice before what follows.
    fn before(&mut self, code: u16, k: u32, next: Label) -> Label {
        if self.distance(next) > 0 {
            self.jump(next);
        }
        self.push(code, k, 0, 0)
    }

    fn load(&mut self, offset: u32, next: Label) -> Label {
        self.before(LOAD, offset, next)
    }

    /// A binary search for the span of the call: the kernel also runs every filter for every number
    /// when it is installed.
    fn search(&mut self, spans: &[Span<'_>]) -> Label {
        match spans.split_at(spans.len() / 2) {
            (_, []) => self.answer(Answer::Notify),
            ([], [span, ..]) => {
                let otherwise = self.answer(span.otherwise);
                let cases = span.cases.iter().rev();
                cases.fold(otherwise, |next, case| self.case(case, next))
            }
            (left, right @ [pivot, ..]) => {
                let right = self.search(right);
                let left = self.search(left);
                self.branch(JUMP_NOT_LESS, pivot.first, right, left)
            }
        }
    }

    /// The tests of a case, and where it goes on if one fails.
    fn case(&mut self, case: &Case, fails: Label) -> Label {
        let holds = self.answer(case.answer);
        case.tests.iter().rev().fold(holds, |next, test| {
            let mut at = self.branch(JUMP_EQUAL, test.value, next, fails);
            if test.mask != u32::MAX {
                at = self.before(AND, test.mask, at);
            }
            let half = if test.high { 4 } else { 0 };
            self.load(ARGUMENTS + test.argument * 8 + half, at)
        })
    }
}

/// Calls from this number to the next span's that are treated alike.
struct Span<'a> {
    first: u32,
    cases: &'a [Case],
    otherwise: Answer,
}

/// All call numbers in order. Neighbours with one plain answer are one span.
fn spans(rules: &[Rule]) -> Vec<Span<'_>> {
    let mut sorted: Vec<&Rule> = rules.iter().collect();
    sorted.sort_unstable_by_key(|rule| rule.number);
    let mut spans: Vec<Span<'_>> = Vec::new();
    let mut next = 0;
    for rule in sorted {
        if rule.number > next {
            add(&mut spans, next, &[], Answer::Notify);
        }
        add(&mut spans, rule.number, &rule.cases, rule.otherwise);
        next = rule.number.saturating_add(1);
    }
    add(&mut spans, next, &[], Answer::Notify);
    spans
}

fn add<'a>(spans: &mut Vec<Span<'a>>, first: u32, cases: &'a [Case], otherwise: Answer) {
    let goes_on =
        |last: &Span<'_>| last.cases.is_empty() && cases.is_empty() && last.otherwise == otherwise;
    if !spans.last().is_some_and(goes_on) {
        spans.push(Span {
            first,
            cases,
            otherwise,
        });
    }
}
