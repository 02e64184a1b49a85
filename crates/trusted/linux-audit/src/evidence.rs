//! What an observation shows of a separation mechanism: the ground on which it may be called in force.

use crate::expect::{Group, Outside};
use crate::seen::{Observation, Resource};

/// Something that the kernel shows of a subject's process where a mechanism is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// A namespace of this kind that is not the supervisor's.
    Namespace(&'static str),
    /// One read-only mount, and nothing in the root directory.
    EmptyRoot,
    /// No capability in any set.
    NoCapabilities,
    /// No new privileges.
    NoNewPrivileges,
    /// A filter more than the supervisor is under.
    Filter,
    /// Shared memory is mapped, and no descriptor is open on any.
    NoChannelDescriptor,
    /// The kernel was asked of every pair, and no open file description is another's, too.
    OwnOpenFiles,
    /// One user that is not root.
    OrdinaryUser,
    /// A finite limit with this name in `/proc`.
    Limit(&'static str),
    /// A control group of the partition's own, for this, of this version.
    Group(Resource, u8),
}

/// Whether the observation shows it. What cannot be seen is not shown.
pub fn shows(property: Property, seen: &Observation, outside: &Outside, groups: &[Group]) -> bool {
    let status = &seen.status;
    match property {
        Property::Namespace(kind) => {
            let (own, others) = (seen.namespaces.get(kind), outside.namespaces.get(kind));
            own.is_some() && others.is_some() && own != others
        }
        Property::EmptyRoot => {
            let [mount] = seen.mounts.as_slice() else {
                return false;
            };
            seen.root_names.is_empty() && mount.options.iter().any(|option| option == "ro")
        }
        Property::NoCapabilities => status.capabilities == [0; 5],
        Property::NoNewPrivileges => status.no_new_privileges == 1,
        Property::Filter => {
            status.seccomp == 2 && Some(status.filters) == outside.filters.checked_add(1)
        }
        Property::NoChannelDescriptor => {
            let shared = |rights: &str| rights.ends_with('s');
            let of_memory = |target: &str| target.starts_with("/memfd:");
            seen.maps.iter().any(|own| shared(&own.rights))
                && !seen.descriptors.iter().any(|own| of_memory(&own.target))
        }
        Property::OwnOpenFiles => {
            (seen.sharing.as_ref()).is_some_and(|own| own.same.is_empty() && own.refused.is_empty())
        }
        Property::OrdinaryUser => match status.users.as_slice() {
            [user, others @ ..] => *user != 0 && others.iter().all(|own| own == user),
            [] => false,
        },
        Property::Limit(name) => {
            let limit = seen.limits.get(name);
            limit.is_some_and(|limit| limit.soft.is_some() && limit.hard.is_some())
        }
        Property::Group(resource, version) => groups.iter().any(|group| {
            let of_it = |(_, path): &(String, String)| *path == group.path;
            (group.resource, group.version) == (resource, version) && seen.groups.iter().any(of_it)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seen::Sharing;
    use record::difference::Holder;

    #[test]
    fn nothing_is_shown_by_a_process_of_which_nothing_is_seen() {
        let outside = Outside {
            namespaces: [("time".to_owned(), 1)].into(),
            ..Outside::default()
        };
        for property in [
            Property::Namespace("time"),
            Property::EmptyRoot,
            Property::NoCapabilities,
            Property::NoNewPrivileges,
            Property::Filter,
            Property::NoChannelDescriptor,
            Property::OwnOpenFiles,
            Property::OrdinaryUser,
            Property::Limit("Max data size"),
            Property::Group(Resource::Memory, 2),
        ] {
            let seen = Observation::default();
            assert!(!shows(property, &seen, &outside, &[]), "{property:?}");
        }
    }

    #[test]
    fn open_files_are_ones_own_only_if_every_pair_was_compared() {
        let seen = |sharing| Observation {
            sharing: Some(sharing),
            ..Observation::default()
        };
        let (all, with) = (Sharing::default(), Holder::Supervisor);
        let same = Sharing {
            same: vec![(0, with)],
            ..Sharing::default()
        };
        let refused = Sharing {
            refused: vec![(0, with, "operation not permitted".to_owned())],
            ..Sharing::default()
        };
        for (sharing, is_shown) in [(all, true), (same, false), (refused, false)] {
            let (outside, own) = (Outside::default(), Property::OwnOpenFiles);
            assert_eq!(shows(own, &seen(sharing), &outside, &[]), is_shown);
        }
    }

    #[test]
    fn the_supervisors_own_namespace_and_group_show_nothing() {
        let outside = Outside {
            namespaces: [("time".to_owned(), 1)].into(),
            ..Outside::default()
        };
        let group = Group {
            resource: Resource::Memory,
            version: 2,
            directory: "/sys/fs/cgroup/run/a".into(),
            path: "/run/a".to_owned(),
        };
        let seen = |namespace: u64, path: &str| Observation {
            namespaces: [("time".to_owned(), namespace)].into(),
            groups: vec![(String::new(), path.to_owned())],
            ..Observation::default()
        };
        let time = Property::Namespace("time");
        let memory = Property::Group(Resource::Memory, 2);
        let groups = [group];
        for (own, is_own) in [(seen(2, "/run/a"), true), (seen(1, "/run"), false)] {
            assert_eq!(shows(time, &own, &outside, &groups), is_own);
            assert_eq!(shows(memory, &own, &outside, &groups), is_own);
        }
    }
}
