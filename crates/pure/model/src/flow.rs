//! What may flow: the definition that every analysis and every checker implements.
//!
//! **Points.** Every node `n` has two inner points, [`Point::Enter`]`(n)` where everything that
//! arrives at it collects and [`Point::Leave`]`(n)` from which everything it emits departs. Every
//! port is a point. A port of a channel with reverse flow has a second point, [`Point::Back`].
//!
//! **Edges.**
//!
//! 1. *Channel* `a.x -> b.y`: from port `a.x` to port `b.y`.
//! 2. *Credit*, for a queue with credit: from the reader's back point to the writer's back point.
//! 3. *Grant* of subject `s` and peer `e`: its out-port to `Enter(e)`, and `Leave(e)` to its
//!    in-port, as far as its direction permits.
//! 4. *Arrive*: every in-port to `Enter` of its node; the back point of an out-port likewise.
//! 5. *Depart*: `Leave` of a node to each of its out-ports; to the back point of an in-port likewise.
//! 6. *Within*: `Enter(n)` to `Leave(n)` for an untrusted subject; for an object; for an external
//!    unless an assumption says that it does not relay. A trusted subject has none.
//! 7. *Pass* of a trusted subject: its in-port to its out-port. Nothing else crosses it.
//!
//! **Compromise** (local policy void) is of a subject `n` that is trusted or a mediator of a claim: `n`
//! has *Within*, as an untrusted one has anyway, and no longer excuses any path: an `AnyOf` loses
//! it, and an `InOrder` that names it excuses nothing. All other subjects are hostile from the
//! start.
//!
//! **Content.** A back point and a port of an event have none: what goes along an edge from or to
//! them is only that something happened. That is a flow, to claims about flows and about labels,
//! but no data. All other edges carry content as well.
//!
//! **Ends.** A claim's start `Node(n)` is `Leave(n)`, from which all its ports that send are
//! reached; its end `Node(n)` is `Enter(n)`, which is reached from all its ports that receive. A
//! port is its own point; an in-port as a start is its back point too, from which its credit
//! departs, and an out-port as an end is its back point too, where credit arrives. Pairs whose
//! nodes are equal do not count.
//!
//! **Data.** A class originates at `Leave(n)` of every untrusted node that holds it (of a trusted
//! one only when compromised), at every out-port that emits it, at the out-port of every pass with
//! that class and, where a trusted subject holds it, at the out-port of every pass of that subject
//! without a class. It travels along every edge that carries content, except that a pass with
//! another class stops it. A claim with `data` starts at every origin of the class; if it has
//! `from`, it starts at the start points of `from` and at the out-ports of the nodes written there,
//! as far as data of the class originates there or is carried there. So what a node passes on comes
//! from that node, like what it makes; a port written in `from` is only its own point.
//!
//! **Keeping.** A path keeps a flow if it touches no lost node and all its edges carry content, or
//! if the claim says that signals are enough, whatever they carry.
//!
//! **Mediation.** End points mediate nothing: a path is excused by `AnyOf(M)` if it touches a point
//! of some `m` in `M` whose node is neither the path's first nor its last node; by `InOrder(m1..mk)`
//! if none of these is its first or last node and they appear as a subsequence of the nodes it
//! touches. Each pass through a node counts once at the first point of it that is touched.
//!
//! **Length.** A path is shorter than another if it has fewer steps from node to node, or equally
//! many and fewer points.
//!
//! **Labels.** A port and its back point have the port's label, the inner points of an untrusted
//! node have the node's. Points without a label, such as the inner points of a trusted subject,
//! are passed through: what comes to them counts as going on to the labelled points after them.
//! From one labelled point to the next, secrecy is kept if it does not fall and integrity if it
//! does not rise, in their orders; or if the edge is a pass that states that it lowers or raises
//! it, and its subject is not compromised. The label of a class is kept if data of it reaches no
//! labelled point whose secrecy is not at least the class's; the points where it originates and
//! others of their nodes count as well.

use crate::{NodeId, PortId};

/// A point of the flow graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// Where everything that arrives at a node collects.
    Enter(NodeId),
    /// From which everything a node emits departs.
    Leave(NodeId),
    /// A port.
    Port(PortId),
    /// The reverse side of a port of a queue with credit.
    Back(PortId),
}
