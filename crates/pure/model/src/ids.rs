//! Dense ids: positions in the vectors of a [`crate::Model`].

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of a position; positions past `u32::MAX` do not occur in a model.
            pub fn of(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            /// The position.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A subject, object or external.
    NodeId,
    /// A port of a node.
    PortId,
    /// A channel.
    ChannelId,
    /// A grant.
    GrantId,
    /// A domain.
    DomainId,
    /// A zone.
    ZoneId,
    /// A message type.
    TypeId,
    /// A data class.
    ClassId,
    /// A label of one order.
    LabelId,
    /// Where an element was written; its meaning belongs to whoever built the model.
    Origin,
}
