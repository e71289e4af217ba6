//! The table of what was measured: what it compares are its own medians.

/// What stands first in a cell that ends with `(the least to the most)`.
fn median(cell: &str) -> f64 {
    let (_, figure) = cell.rsplit_once(": ").unwrap_or(("", cell));
    let figure = figure.trim_matches('*').split(' ').next().unwrap();
    figure.parse().unwrap()
}

/// From the least to the most that rounding leaves open, in figures of one digit.
fn possible(cells: [&str; 3]) -> (f64, f64) {
    const ROUNDED: f64 = 0.0501;
    let [value, other, compared] = cells;
    let (value, other) = (median(value), median(other));
    if compared.contains(" more") {
        let more = value - other;
        return (more - 3.0 * ROUNDED, more + 3.0 * ROUNDED);
    }
    let least = (value - ROUNDED) / (other + ROUNDED);
    let most = (value + ROUNDED) / (other - ROUNDED);
    (least - ROUNDED / 10.0, most + ROUNDED / 10.0)
}

#[test]
fn every_figure_compares_the_medians_beside_it_and_is_judged_by_that() {
    let page = std::fs::read_to_string("docs/performance.md").unwrap();
    let table = page
        .lines()
        .skip_while(|line| *line != "| --- | --- | --- | --- | --- | --- |");
    let rows: Vec<_> = table
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert!(rows.len() >= 15, "{}", rows.len());
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, value, other, compared, reach, _] = cells[..] else {
            panic!("{row}");
        };
        let judged = if other == "-" { value } else { compared };
        if other != "-" {
            let (least, most) = possible([value, other, compared]);
            assert!((least..=most).contains(&median(compared)), "{row}");
        }
        let Some((bound, verdict)) = reach.split_once(": ") else {
            assert_eq!(reach, "-", "{row}");
            continue;
        };
        let (sign, bound) = bound.split_once(' ').unwrap();
        let bound: f64 = bound.parse().unwrap();
        let is_reached = match sign {
            "≥" => median(judged) >= bound,
            "≤" => median(judged) <= bound,
            _ => panic!("{row}"),
        };
        assert_eq!(
            verdict,
            if is_reached { "reached" } else { "missed" },
            "{row}"
        );
    }
}
