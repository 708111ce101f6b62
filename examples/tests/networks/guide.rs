//! The recipes of the guide: every block of `nft` in it, by the name in its first line.

use crate::host::{Host, can_be_made};

const GUIDE: &str = include_str!("../../../docs/active-passive.md");

/// The recipe whose first line is `# NAME: ...`.
pub(crate) fn recipe(name: &str) -> &'static str {
    let first = format!("# {name}:");
    recipes()
        .find(|recipe| recipe.starts_with(&first))
        .unwrap_or_else(|| panic!("the guide has no recipe {name:?}"))
}

fn recipes() -> impl Iterator<Item = &'static str> {
    GUIDE
        .split("\n```nft\n")
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
}

#[test]
fn every_recipe_of_the_guide_loads() {
    if !can_be_made() {
        return;
    }
    let all: Vec<_> = recipes().collect();
    assert!(all.len() > 3, "{all:?}");
    for rules in all {
        assert!(rules.starts_with("# "), "no name: {rules}");
        Host::new("recipe").rules(rules);
    }
}
