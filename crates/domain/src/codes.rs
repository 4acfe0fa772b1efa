//! Code lists: closed sets of English snake_case codes with a Vietnamese and an English label.
//!
//! Every enum that crosses the wire or is stored is declared with [`codes!`], so that its codes,
//! its labels and its schema have one home. `GET /v1/codes` prints [`CodeList`] values.

/// One closed code list.
pub trait Code: Copy + Eq + Sized + 'static {
    /// Name of the list, snake_case.
    const LIST: &'static str;
    /// Every value, in the order people expect to read them.
    const ALL: &'static [Self];
    /// The stored and transmitted code.
    fn code(self) -> &'static str;
    /// The Vietnamese label, a legal term where the law has one.
    fn label_vi(self) -> &'static str;
    /// The English label.
    fn label_en(self) -> &'static str;
    /// The value of a code, if it is one of the list.
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

/// A code list with its types erased, for printing.
#[derive(Debug, Clone, serde::Serialize)]
pub struct CodeList {
    pub list: &'static str,
    pub codes: Vec<CodeLabel>,
}

/// One code with both labels.
#[derive(Debug, Clone, serde::Serialize)]
pub struct CodeLabel {
    pub code: &'static str,
    pub vi: &'static str,
    pub en: &'static str,
}

impl CodeList {
    /// The printable form of the list `C`.
    pub fn of<C: Code>() -> Self {
        let codes = C::ALL
            .iter()
            .map(|value| CodeLabel { code: value.code(), vi: value.label_vi(), en: value.label_en() })
            .collect();
        Self { list: C::LIST, codes }
    }
}

/// Declares an enum as a code list: `Variant = "code", "nhãn", "label";`.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident : $list:literal {
        $($(#[$vmeta:meta])* $variant:ident = $code:literal, $vi:literal, $en:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $code)] $variant,)+
        }

        impl $crate::codes::Code for $name {
            const LIST: &'static str = $list;
            const ALL: &'static [Self] = &[$(Self::$variant,)+];
            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
            fn label_vi(self) -> &'static str {
                match self { $(Self::$variant => $vi,)+ }
            }
            fn label_en(self) -> &'static str {
                match self { $(Self::$variant => $en,)+ }
            }
        }

        // Written out because the derive does not see codes that come through a macro.
        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($code),+]))
                    .description(Some(concat!("Code list `", $list, "`; labels at `/v1/codes/", $list, "`.")))
                    .build()
                    .into()
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::codes::Code::code(*self))
            }
        }
    };
}
