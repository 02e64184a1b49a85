//! Linux separation: supervisor, launcher and trusted loader.
