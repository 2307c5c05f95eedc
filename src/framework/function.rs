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

/// How a function is called and what it is for.
#[derive(Debug, Clone)]
pub struct Signature {
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
}

/// Why a function has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// For the user: a fragment, since Terraform puts words in front and a full stop behind.
    pub text: String,
    /// The argument at fault, counted from zero.
    pub argument: Option<usize>,
}

/// A function of the provider. It works without a configured provider.
pub trait Function: Send + Sync {
    /// How it is called.
    fn signature(&self) -> &'static Signature;

    /// The answer. The arguments have the types of the parameters and are wholly known.
    ///
    /// # Errors
    /// An argument has no answer, with the reason in words.
    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError>;
}
