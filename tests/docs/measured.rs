//! The table of what was measured: what it compares follows from its figures.

/// The median, and the least and the most of the runs.
struct Figure {
    median: f64,
    least: f64,
    most: f64,
}

impl Figure {
    /// As a cell ends with it.
    fn of(cell: &str) -> Self {
        let (_, figure) = cell.rsplit_once(": ").unwrap_or(("", cell));
        let (median, spread) = figure.trim_matches('*').split_once(" (").unwrap();
        let (least, rest) = spread.split_once(" to ").unwrap();
        let (most, _) = rest.split_once(')').unwrap();
        let [median, least, most] = [median, least, most].map(|text| text.parse().unwrap());
        Self {
            median,
            least,
            most,
        }
    }

    fn is_in_order(&self) -> bool {
        (self.least..=self.most).contains(&self.median)
    }
}

/// From the least to the most that comparing figures of one digit each leaves open.
fn possible(value: &Figure, other: &Figure, is_difference: bool) -> (f64, f64) {
    const ROUNDED: f64 = 0.0501;
    if is_difference {
        return (
            value.least - other.most - 3.0 * ROUNDED,
            value.most - other.least + 3.0 * ROUNDED,
        );
    }
    let least = (value.least - ROUNDED) / (other.most + ROUNDED);
    let most = (value.most + ROUNDED) / (other.least - ROUNDED);
    (least - ROUNDED / 10.0, most + ROUNDED / 10.0)
}

#[test]
fn every_figure_compares_those_beside_it_and_is_judged_by_its_median() {
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
        let value = Figure::of(value);
        let judged = if other == "-" {
            value
        } else {
            let (other, is_difference) = (Figure::of(other), compared.contains(" more"));
            let (least, most) = possible(&value, &other, is_difference);
            let compared = Figure::of(compared);
            assert!(value.is_in_order() && other.is_in_order(), "{row}");
            assert!(compared.least >= least && compared.most <= most, "{row}");
            compared
        };
        assert!(judged.is_in_order(), "{row}");
        let Some((bound, verdict)) = reach.split_once(": ") else {
            assert_eq!(reach, "-", "{row}");
            continue;
        };
        let (sign, bound) = bound.split_once(' ').unwrap();
        let bound: f64 = bound.parse().unwrap();
        let is_reached = match sign {
            "≥" => judged.median >= bound,
            "≤" => judged.median <= bound,
            _ => panic!("{row}"),
        };
        assert_eq!(
            verdict,
            if is_reached { "reached" } else { "missed" },
            "{row}"
        );
    }
}
