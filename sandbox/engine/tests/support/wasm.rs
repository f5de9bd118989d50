//! Small contracts put together byte by byte, so that tests need no toolchain:
//! methods that are lists of host calls with constant arguments.

/// A host call: its name, its arguments, and whether it returns a number
/// (which is dropped). All are i64; bytes become length and address, a place
/// the address alone.
pub struct Host<'a>(pub &'a str, pub Vec<Arg<'a>>, pub bool);

pub enum Arg<'a> {
    Int(i64),
    Bytes(&'a [u8]),
    Place(&'a [u8]),
}

pub fn write<'a>(key: &'a [u8], value: &'a [u8]) -> Host<'a> {
    let args = vec![Arg::Bytes(key), Arg::Bytes(value), Arg::Int(0)];
    Host("storage_write", args, true)
}

pub fn remove(key: &[u8]) -> Host<'_> {
    let args = vec![Arg::Bytes(key), Arg::Int(0)];
    Host("storage_remove", args, true)
}

pub fn log(text: &[u8]) -> Host<'_> {
    Host("log_utf8", vec![Arg::Bytes(text)], false)
}

/// A contract with these methods.
pub fn contract(methods: &[(&str, Vec<Host>)]) -> Vec<u8> {
    let mut module = Module::default();
    let bodies: Vec<_> = methods
        .iter()
        .map(|(_, calls)| module.body(calls))
        .collect();
    let names: Vec<_> = methods.iter().map(|(name, _)| *name).collect();
    module.encode(&names, &bodies)
}

#[derive(Default)]
struct Module {
    data: Vec<u8>,
    /// Name, number of parameters, whether there is a result.
    imports: Vec<(String, usize, bool)>,
}

impl Module {
    fn body(&mut self, calls: &[Host]) -> Vec<u8> {
        let mut code = vec![0];
        for Host(name, args, returns) in calls {
            let mut values = Vec::new();
            for arg in args {
                match arg {
                    Arg::Int(value) => values.push(*value),
                    Arg::Bytes(bytes) => {
                        values.push(bytes.len() as i64);
                        values.push(self.place(bytes));
                    }
                    Arg::Place(bytes) => values.push(self.place(bytes)),
                }
            }
            for value in &values {
                code.push(0x42);
                code.extend(signed(*value));
            }
            code.push(0x10);
            code.extend(unsigned(self.import(name, values.len(), *returns)));
            if *returns {
                code.push(0x1a);
            }
        }
        code.push(0x0b);
        sized(code)
    }

    /// Puts bytes into memory and returns their address.
    fn place(&mut self, bytes: &[u8]) -> i64 {
        let address = self.data.len() as i64;
        self.data.extend_from_slice(bytes);
        address
    }

    fn import(&mut self, name: &str, params: usize, returns: bool) -> usize {
        let entry = (name.to_owned(), params, returns);
        match self.imports.iter().position(|known| *known == entry) {
            Some(index) => index,
            None => {
                self.imports.push(entry);
                self.imports.len() - 1
            }
        }
    }

    fn encode(&self, names: &[&str], bodies: &[Vec<u8>]) -> Vec<u8> {
        // One type an import, then that of the methods.
        let of_import = |(_, params, returns): &(String, usize, bool)| {
            let mut kind = vec![0x60];
            kind.extend(vector(&vec![vec![0x7e]; *params]));
            kind.extend(vector(&vec![vec![0x7e]; usize::from(*returns)]));
            kind
        };
        let mut types: Vec<_> = self.imports.iter().map(of_import).collect();
        types.push(vec![0x60, 0, 0]);
        let imports = self.imports.iter().enumerate();
        let imports: Vec<_> = imports
            .map(|(index, (name, ..))| [text("env"), text(name), vec![0], unsigned(index)].concat())
            .collect();
        let methods = vec![unsigned(imports.len()); names.len()];
        let exports = names.iter().enumerate();
        let exports: Vec<_> = exports
            .map(|(index, name)| [text(name), vec![0], unsigned(imports.len() + index)].concat())
            .collect();
        let pages = unsigned(self.data.len() / 65_536 + 1);
        let memory = [vec![0], pages].concat();
        let data = [vec![0, 0x41, 0, 0x0b], sized(self.data.clone())].concat();
        let sections = [
            (1, types),
            (2, imports),
            (3, methods),
            (5, vec![memory]),
            (7, exports),
            (10, bodies.to_vec()),
            (11, vec![data]),
        ];
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        for (number, items) in sections {
            module.push(number);
            module.extend(sized(vector(&items)));
        }
        module
    }
}

fn unsigned(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        bytes.push(if value == 0 { low } else { low | 0x80 });
        if value == 0 {
            return bytes;
        }
    }
}

fn signed(mut value: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        let done = (value == 0 && low & 0x40 == 0) || (value == -1 && low & 0x40 != 0);
        bytes.push(if done { low } else { low | 0x80 });
        if done {
            return bytes;
        }
    }
}

fn sized(content: Vec<u8>) -> Vec<u8> {
    [unsigned(content.len()), content].concat()
}

fn text(name: &str) -> Vec<u8> {
    sized(name.as_bytes().to_vec())
}

fn vector(items: &[Vec<u8>]) -> Vec<u8> {
    [unsigned(items.len()), items.concat()].concat()
}
