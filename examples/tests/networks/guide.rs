//! The recipes of the guide: its blocks of `nft` and `haproxy`, by the names in their first lines.

use crate::host::{Host, can_be_made};

const GUIDE: &str = include_str!("../../../docs/active-passive.md");

/// The recipe whose first line is `# NAME: ...`.
pub(crate) fn recipe(name: &str) -> &'static str {
    let first = format!("# {name}:");
    recipes("nft")
        .chain(recipes("haproxy"))
        .find(|recipe| recipe.starts_with(&first))
        .unwrap_or_else(|| panic!("the guide has no recipe {name:?}"))
}

fn recipes(language: &str) -> impl Iterator<Item = &'static str> {
    GUIDE.split("\n```").filter_map(move |block| {
        let recipe = block.strip_prefix(language)?;
        recipe.strip_prefix('\n')
    })
}

#[test]
fn every_recipe_of_the_guide_loads() {
    if !can_be_made() {
        return;
    }
    let all: Vec<_> = recipes("nft").collect();
    assert!(all.len() > 3, "{all:?}");
    for rules in all {
        assert!(rules.starts_with("# "), "no name: {rules}");
        Host::new("recipe").rules(rules);
    }
}
