//! `monthly_cost([2, 1])`: what a registry costs in a month.

use super::wrong;
use crate::framework::function::{Function, FunctionError, Parameter};
use crate::framework::ty::Type;
use crate::framework::value::Value;

/// The price in cents of US dollars: once for the registry, and once per region of every project it is attached to.
const CENTS: u64 = 2;

pub fn function() -> Function {
    Function {
        name: "monthly_cost",
        summary: "Computes what a registry costs in a month.",
        description: "Returns the monthly price of one registry in US dollars: $0.02 for the registry itself, and \
            $0.02 per region of every project that it is attached to. `monthly_cost([2, 1])` is `0.08`: attached \
            to a project in two regions and to one in a single region. The list may be empty.",
        parameters: vec![Parameter {
            name: "regions_of_each_attached_project",
            ty: Type::list(Type::Number),
            description: "For each project that the registry is attached to, the number of the project's regions.",
        }],
        returns: Type::Number,
        call: cost,
    }
}

fn cost(arguments: &[Value]) -> Result<Value, FunctionError> {
    let counts = match arguments.first() {
        Some(Value::List(counts)) => counts.as_slice(),
        _ => &[],
    };
    let mut places: u64 = 1;
    for count in counts {
        let regions = whole(count)
            .ok_or_else(|| wrong("every element must be a whole number of regions, 0 or more"))?;
        places = places
            .checked_add(regions)
            .filter(|places| *places <= u64::MAX / CENTS)
            .ok_or_else(|| wrong("these are more regions than can be counted"))?;
    }
    // Decimal text, since a binary fraction cannot hold a cent.
    let cents = places * CENTS;
    let dollars = format!("{}.{:02}", cents / 100, cents % 100);
    Value::number(&dollars).ok_or_else(|| wrong("the price cannot be written"))
}

fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => u64::try_from(number.as_i64()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dollars(counts: &[&str]) -> Result<String, FunctionError> {
        let number = |text: &&str| Value::number(text).expect("a number");
        let counts = Value::List(counts.iter().map(number).collect());
        match cost(&[counts])? {
            Value::Number(number) => Ok(number.to_string()),
            other => panic!("{other:?} is no number"),
        }
    }

    #[test]
    fn the_price_is_an_exact_decimal() {
        for (regions, expected) in [
            (&[][..], "0.02"),
            (&["2", "1"], "0.08"),
            (&["0"], "0.02"),
            (&["49"], "1"),
            (&["3", "4", "5"], "0.26"),
        ] {
            assert_eq!(dollars(regions).as_deref(), Ok(expected), "{regions:?}");
        }
    }

    #[test]
    fn only_counts_of_regions_have_a_price() {
        for regions in ["-1", "1.5", "9223372036854775807"] {
            let error = dollars(&["1", regions, "9223372036854775807"]).expect_err(regions);
            assert_eq!(error.argument, Some(0));
        }
        let null = cost(&[Value::List(vec![Value::Null])]);
        assert!(null.is_err());
    }
}
