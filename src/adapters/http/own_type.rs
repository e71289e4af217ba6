/// What each [`Type`](poem_openapi::types::Type) has that is no wrapper of another: its raw
/// value is the value itself.
macro_rules! is_its_own_raw_value {
    () => {
        const IS_REQUIRED: bool = true;

        type RawValueType = Self;
        type RawElementValueType = Self;

        fn as_raw_value(&self) -> Option<&Self::RawValueType> {
            Some(self)
        }

        fn raw_element_iter<'a>(
            &'a self,
        ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
            Box::new(self.as_raw_value().into_iter())
        }
    };
}

pub(super) use is_its_own_raw_value;
