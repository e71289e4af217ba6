//! Figures as a table in Markdown.

/// One figure of every run, and what it is held against in the same run.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) values: Vec<f64>,
    pub(crate) against: Against,
    pub(crate) reach: Reach,
    /// The load generator's share of all cores, in each run.
    pub(crate) load: Vec<f64>,
    /// The same while that which it is held against was measured, where a load generator
    /// was.
    pub(crate) load_beside: Vec<f64>,
}

/// What it is held against, by name, and how.
pub(crate) enum Against {
    Nothing,
    Ratio(String, Vec<f64>),
    Difference(String, Vec<f64>),
}

/// What the ratio or difference is to reach, or the value where there is none.
#[derive(Clone, Copy)]
pub(crate) enum Reach {
    AtLeast(f64),
    AtMost(f64),
    /// Nothing: it is told.
    Told,
}

impl Row {
    pub(crate) fn print(&self) {
        let Self { what, unit, .. } = self;
        let shares = [&self.load, &self.load_beside];
        let shares: Vec<_> = shares
            .into_iter()
            .filter(|share| !share.is_empty())
            .map(|share| format!("{:.0} %", 100.0 * median(share)))
            .collect();
        let load = match shares[..] {
            [] => "-".to_owned(),
            _ => shares.join(", "),
        };
        let (against, compared, judged) = match &self.against {
            Against::Nothing => {
                let none = || "-".to_owned();
                (none(), none(), median(&self.values))
            }
            Against::Ratio(name, others) => {
                let ratios = self.with(others, |value, other| value / other);
                let compared = format!("**{}**", spread(&ratios, 2));
                let against = format!("{name}: {}", spread(others, 1));
                (against, compared, median(&ratios))
            }
            Against::Difference(name, others) => {
                let more = self.with(others, |value, other| value - other);
                let compared = format!("**{} {unit} more**", spread(&more, 1));
                let against = format!("{name}: {}", spread(others, 1));
                (against, compared, median(&more))
            }
        };
        let (values, reach) = (spread(&self.values, 1), self.reach.judge(judged));
        println!("| {what} | {values} {unit} | {against} | {compared} | {reach} | {load} |");
    }

    /// What each run measured of the two, compared.
    fn with(&self, others: &[f64], compare: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let pairs = self.values.iter().zip(others);
        pairs
            .map(|(value, other)| compare(*value, *other))
            .collect()
    }
}

impl Reach {
    fn judge(self, figure: f64) -> String {
        let (sign, bound, reached) = match self {
            Self::AtLeast(bound) => ("≥", bound, figure >= bound),
            Self::AtMost(bound) => ("≤", bound, figure <= bound),
            Self::Told => return "-".to_owned(),
        };
        let word = if reached { "reached" } else { "missed" };
        format!("{sign} {bound}: {word}")
    }
}

/// Medians, also of what each run's figures come to when compared, and from the least to the
/// most of the runs.
pub(crate) fn heading() {
    println!(
        "| measure | value | against | compared | target | load generator's CPU, beside both |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
}

fn spread(values: &[f64], digits: usize) -> String {
    let middle = median(values);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{middle:.digits$} ({least:.digits$} to {most:.digits$})")
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}
