//! Functions that a configuration can call: pure, and asked again at every phase.

use super::ty::Type;
use super::value::Value;

/// One parameter of a function.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The name in messages and documentation.
    pub name: &'static str,
    /// What it takes. Null and unknown arguments never reach a function.
    pub ty: Type,
    /// Markdown.
    pub description: &'static str,
}

/// A function of the provider. It works without a configured provider.
#[derive(Debug, Clone)]
pub struct Function {
    /// The name behind `provider::<name>::`.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Markdown.
    pub description: &'static str,
    /// In order.
    pub parameters: Vec<Parameter>,
    /// What it answers.
    pub returns: Type,
    /// The answer. The arguments have the types of the parameters and are wholly known. An error says which of them
    /// has no answer, with the reason in words.
    pub call: fn(&[Value]) -> Result<Value, FunctionError>,
}

/// Why a function has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// For the user: a fragment, since Terraform puts words in front and a full stop behind.
    pub text: String,
    /// The argument at fault, counted from zero.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// An error about the call as a whole.
    pub fn new(text: impl ToString) -> Self {
        Self {
            text: text.to_string(),
            argument: None,
        }
    }

    /// The same about one argument, counted from zero.
    #[must_use]
    pub fn at(mut self, argument: usize) -> Self {
        self.argument = Some(argument);
        self
    }
}
