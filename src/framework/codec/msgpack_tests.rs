use proptest::prelude::*;

use super::*;

fn ty() -> Type {
    Type::object([
        ("flag", Type::Bool),
        ("list", Type::list(Type::String)),
        ("name", Type::String),
        ("size", Type::Number),
    ])
}

fn value_of(ty: &Type) -> BoxedStrategy<Value> {
    let known = match ty {
        Type::String => any::<String>().prop_map(Value::String).boxed(),
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(|number| Value::Number(number.into())),
            "(0|-?[1-9][0-9]{0,39})(\\.[0-9]{1,40})?"
                .prop_map(|text| Value::number(&text).expect("a number")),
        ]
        .boxed(),
        Type::List(element) => prop::collection::vec(value_of(element), 0..5)
            .prop_map(Value::List)
            .boxed(),
        Type::Object(attributes) => attributes
            .iter()
            .map(|(name, ty)| (Just(*name), value_of(ty)))
            .collect::<Vec<_>>()
            .prop_map(|attributes| Value::Object(attributes.into_iter().collect()))
            .boxed(),
    };
    let refined = prop::collection::vec(any::<u8>(), 0..40)
        .prop_map(|bytes| Value::Unknown(Refinement(bytes)));
    prop_oneof![1 => Just(Value::Null), 1 => refined, 8 => known].boxed()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(value in value_of(&ty())) {
        let bytes = encode(&value);
        let read = decode(&bytes, &ty()).expect("our own bytes");
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(encode(&read), bytes, "refinements are kept to the byte");
    }

    #[test]
    fn no_bytes_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes, &ty());
    }

    #[test]
    fn no_cut_message_is_taken_for_a_whole_one(value in value_of(&ty()), at in any::<prop::sample::Index>()) {
        let bytes = encode(&value);
        let cut = &bytes[..at.index(bytes.len())];
        prop_assert!(decode(cut, &ty()).is_err());
    }
}

#[test]
fn numbers_arrive_in_every_form_that_terraform_uses() {
    let cases: [(&[u8], &str); 7] = [
        (&[0x05], "5"),
        (&[0xff], "-1"),
        (
            &[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            "18446744073709551615",
        ),
        (&[0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], "1.5"),
        (&[0xca, 0x3f, 0xc0, 0, 0], "1.5"),
        (&[0xa3, b'0', b'.', b'1'], "0.1"),
        (&[0xa4, b'1', b'e', b'0', b'3'], "1000"),
    ];
    for (bytes, text) in cases {
        let value = decode(bytes, &Type::Number);
        assert_eq!(value, Ok(Value::number(text).expect("a number")), "{text}");
    }
}

#[test]
fn any_extension_is_unknown_and_only_refinements_keep_their_bytes() {
    let plain = decode(&[0xd4, 0, 0], &Type::String);
    assert_eq!(plain, Ok(Value::UNKNOWN));
    let refined = [0xc7, 9, 12, 0x82, 1, 0xc2, 2, 0xa4, b'p', b'r', b'e', b'-'];
    let value = decode(&refined, &Type::String).expect("as Terraform sends it");
    assert!(value.is_unknown());
    assert_eq!(encode(&value), refined);
    let foreign = decode(&[0xd6, 7, 1, 2, 3, 4], &Type::Number).expect("any extension");
    assert_eq!(encode(&foreign), [0xd4, 0, 0]);
}

#[test]
fn errors_say_where_and_never_what() {
    let wrong = Value::Object(
        [
            ("flag", Value::Null),
            ("list", Value::List(vec!["secret".into(), 1.into()])),
        ]
        .into(),
    );
    let error = decode(&encode(&wrong), &ty()).expect_err("a number in a list of strings");
    assert_eq!(
        error.to_string(),
        "list[1]: expected a string, found a number"
    );
}

#[test]
fn objects_hold_exactly_the_attributes_of_the_schema() {
    let ty = Type::object([("a", Type::Bool)]);
    for (bytes, found) in [
        (&[0x80][..], "fewer"),
        (&[0x81, 0xa1, b'b', 0xc0], "another one"),
        (&[0x82, 0xa1, b'a', 0xc0, 0xa1, b'a', 0xc0], "two"),
    ] {
        assert_eq!(decode(bytes, &ty).expect_err(found).found, found);
    }
}

#[test]
fn attributes_may_come_in_any_order_but_only_once() {
    let ty = Type::object([("a", Type::Bool), ("b", Type::Bool), ("c", Type::Bool)]);
    let message = |names: &str| {
        let mut bytes = vec![0x80 + names.len() as u8];
        for name in names.bytes() {
            let marker = if name == b'b' { 0xc3 } else { 0xc2 };
            bytes.extend([0xa1, name, marker]);
        }
        decode(&bytes, &ty)
    };
    let sorted = message("abc").expect("all of them");
    assert_eq!(sorted.attribute("b"), Some(&Value::Bool(true)));
    for names in ["acb", "bac", "bca", "cab", "cba"] {
        assert_eq!(message(names).as_ref(), Ok(&sorted), "{names}");
    }
    for names in ["aab", "aba", "baa", "bba", "cac", "abca"] {
        assert_eq!(message(names).expect_err(names).found, "two", "{names}");
    }
}

#[test]
fn a_length_that_lies_allocates_nothing() {
    let four_billion = [0xdd, 0xff, 0xff, 0xff, 0xff];
    assert!(decode(&four_billion, &Type::list(Type::String)).is_err());
    let long_text = [0xdb, 0xff, 0xff, 0xff, 0xff];
    assert!(decode(&long_text, &Type::String).is_err());
}
