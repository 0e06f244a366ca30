//! Runs the scripts, and converts values between Lua and the protocol.
//!
//! Rule: a thread has one interpreter for all servers. The keys of a server are in it only while a script runs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::swap;
use std::rc::Rc;

use mlua::{Function, Lua, LuaOptions, StdLib, Table, Value as LuaValue, Variadic};
use redis::Value;

use crate::commands::{Execution, number_text};
use crate::refusal::Refusal;

thread_local! {
    static INTERPRETER: mlua::Result<Interpreter> = Interpreter::new();
}

struct Interpreter {
    lua: Lua,
    execution: Rc<RefCell<Execution>>,
    /// The compiled scripts, by their hash.
    functions: RefCell<HashMap<String, Function>>,
}

/// Runs a script.
pub(crate) fn run(
    hash: &str,
    text: &str,
    keys: &[Vec<u8>],
    arguments: &[Vec<u8>],
    execution: &mut Execution,
) -> Result<Value, Refusal> {
    INTERPRETER.with(|interpreter| {
        let interpreter = interpreter.as_ref().map_err(refusal)?;
        swap(execution, &mut interpreter.execution.borrow_mut());
        let answer = interpreter.run(hash, text, keys, arguments);
        swap(execution, &mut interpreter.execution.borrow_mut());
        answer.map_err(|error| refusal(&error))?
    })
}

impl Interpreter {
    fn new() -> mlua::Result<Self> {
        let libraries = StdLib::TABLE | StdLib::STRING | StdLib::MATH;
        let lua = Lua::new_with(libraries, LuaOptions::default())?;
        let execution = Rc::<RefCell<Execution>>::default();
        let own = Rc::clone(&execution);
        let call = move |lua: &Lua, words: Variadic<LuaValue>| {
            let answer = own.borrow_mut().call(&command(&words)?);
            to_lua(lua, answer.map_err(mlua::Error::external)?)
        };
        let own = Rc::clone(&execution);
        let protected = move |lua: &Lua, words: Variadic<LuaValue>| {
            let answer = own.borrow_mut().call(&command(&words)?);
            answer.map_or_else(
                |refusal| named(lua, "err", &refusal.to_string()),
                |answer| to_lua(lua, answer),
            )
        };
        let redis = lua.create_table()?;
        redis.raw_set("call", lua.create_function(call)?)?;
        redis.raw_set("pcall", lua.create_function(protected)?)?;
        lua.globals().raw_set("redis", redis)?;
        Ok(Self {
            lua,
            execution,
            functions: RefCell::default(),
        })
    }

    fn run(
        &self,
        hash: &str,
        text: &str,
        keys: &[Vec<u8>],
        arguments: &[Vec<u8>],
    ) -> mlua::Result<Result<Value, Refusal>> {
        let globals = self.lua.globals();
        for (name, words) in [("KEYS", keys), ("ARGV", arguments)] {
            let words = words.iter().map(|word| self.lua.create_string(word));
            let words: Vec<_> = words.collect::<mlua::Result<_>>()?;
            globals.raw_set(name, self.lua.create_sequence_from(words)?)?;
        }
        let known = self.functions.borrow().get(hash).cloned();
        let function = match known {
            Some(function) => function,
            None => {
                let function = self.lua.load(text).into_function()?;
                let mut functions = self.functions.borrow_mut();
                functions.insert(hash.to_owned(), function.clone());
                function
            }
        };
        from_lua(function.call(())?)
    }
}

/// The words of a command.
fn command(words: &[LuaValue]) -> mlua::Result<Vec<Vec<u8>>> {
    let word = |word: &LuaValue| match word {
        LuaValue::String(text) => Ok(text.as_bytes().to_vec()),
        LuaValue::Integer(number) => Ok(number.to_string().into_bytes()),
        LuaValue::Number(number) => number_text(*number),
        _ => Err(Refusal::new(
            "ERR",
            "Lua redis lib command arguments must be strings or integers",
        )),
    };
    let words = words.iter().map(word).collect::<Result<_, _>>();
    words.map_err(mlua::Error::external)
}

fn to_lua(lua: &Lua, value: Value) -> mlua::Result<LuaValue> {
    Ok(match value {
        Value::Int(number) => LuaValue::Number(number as f64),
        Value::BulkString(text) => LuaValue::String(lua.create_string(text)?),
        Value::Okay => named(lua, "ok", "OK")?,
        Value::Array(values) => {
            let values = values.into_iter().map(|value| to_lua(lua, value));
            let values: Vec<_> = values.collect::<mlua::Result<_>>()?;
            LuaValue::Table(lua.create_sequence_from(values)?)
        }
        _ => LuaValue::Boolean(false),
    })
}

/// A status or an error.
fn named(lua: &Lua, name: &str, text: &str) -> mlua::Result<LuaValue> {
    let table = lua.create_table()?;
    table.raw_set(name, text)?;
    Ok(LuaValue::Table(table))
}

fn from_lua(value: LuaValue) -> mlua::Result<Result<Value, Refusal>> {
    Ok(Ok(match value {
        LuaValue::String(text) => Value::BulkString(text.as_bytes().to_vec()),
        LuaValue::Integer(number) => Value::Int(number),
        // The protocol has no fractions.
        LuaValue::Number(number) => Value::Int(number as i64),
        LuaValue::Boolean(true) => Value::Int(1),
        LuaValue::Table(table) => return from_table(&table),
        _ => Value::Nil,
    }))
}

fn from_table(table: &Table) -> mlua::Result<Result<Value, Refusal>> {
    if let Some(line) = table.raw_get::<Option<String>>("err")? {
        return Ok(Err(Refusal::line(line)));
    }
    if table.raw_get::<Option<String>>("ok")?.is_some() {
        return Ok(Ok(Value::Okay));
    }
    let mut values = Vec::new();
    // An array ends with its first nil.
    for value in table.sequence_values() {
        match from_lua(value?)? {
            Ok(value) => values.push(value),
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    Ok(Ok(Value::Array(values)))
}

/// What the server answers if a script ends with an error.
fn refusal(error: &mlua::Error) -> Refusal {
    let own = error.downcast_ref::<Refusal>().cloned();
    own.unwrap_or_else(|| Refusal::new("ERR", &error.to_string()))
}
