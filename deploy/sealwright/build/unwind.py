"""Makes a raised exception leave the C functions that it passes through.

NEAR's VM has no exceptions and no longjmp, so nearc's MicroPython raises by *marking* the exception and going
on: `items[9] = x` beyond the end marks an IndexError and then writes beyond the end. Bytecode notices the mark
at its next instruction; C code does not look. This pass makes it look: after every call that may raise, a
function returns if the mark is set. What arrives at a handler is then what MicroPython's authors expect of
`nlr_jump`.

    every function    call f ... global.get $raised, br_if (to the end of the function)
    a handler         (a function that calls nlr_push) takes the mark itself, in nearc's way; before each call it
                      makes $raised agree with the mark and the stack pointer with its own frame
"""

from __future__ import annotations

from collections import defaultdict

from sealwright.build.code import (
    BR_IF,
    CALL,
    CALL_INDIRECT,
    DROP,
    END_OP,
    GLOBAL_GET,
    GLOBAL_SET,
    I32,
    I32_ADD,
    I32_LOAD,
    LOCAL_GET,
    LOCAL_SET,
    RETURN,
    ZERO,
    Function,
    Instruction,
    Program,
    instructions,
)
from sealwright.build.toolchain import BuildError
from sealwright.build.wasm import I32_CONST, Module, Reader, signed, unsigned

PUSH, RAISE, MARK = "nlr_push", "__wrap_nlr_jump", "contract_raised"
STACK_POINTER = 0


def unwind(linked: bytes) -> bytes:
    """The same module, in which raising unwinds. BuildError when the linker left no names to go by."""
    program = Program(Module(linked))
    for name in (PUSH, RAISE, MARK):
        if name not in program.names:
            raise BuildError(f"{name} is not in the linked module")
    return _Unwinding(program).run()


class _Unwinding:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.code = {each.index: list(instructions(each.body)) for each in program.functions}
        self.raised = program.add_global()
        self.mark = self._mark()
        push, jump = program.names[PUSH], program.names[RAISE]
        self.handlers = {index for index in self.code if push in self._callees(index)} | {jump}
        self.raising = self._raising(jump)

    def run(self) -> bytes:
        bodies = []
        for each in self.program.functions:
            bodies.append(self._handler(each) if each.index in self.handlers else self._plain(each))
        self.program.set_bodies(bodies)
        return self.program.module.encode()

    def _mark(self) -> int:
        """The address of the mark: what `contract_raised` returns, a constant or a sum of constants."""
        index = self.program.names[MARK] - self.program.first
        reader = Reader(self.program.functions[index].body)
        address = 0
        while not reader.done:
            opcode = reader.byte()
            if opcode == I32_CONST:
                address += reader.signed()
            elif opcode not in (I32_ADD, END_OP):
                raise BuildError(f"{MARK} returns no constant")
        return address

    def _callees(self, index: int) -> set[int]:
        return {each.operand for each in self.code.get(index, ()) if each.opcode == CALL}

    def _raising(self, jump: int) -> set[int]:
        """Functions that may raise: they reach nlr_jump, or call through a pointer."""
        callers = defaultdict(set)
        todo = {jump}
        for index, code in self.code.items():
            for callee in self._callees(index):
                callers[callee].add(index)
            if any(each.opcode == CALL_INDIRECT for each in code):
                todo.add(index)
        found: set[int] = set()
        while todo:
            index = todo.pop()
            if index not in found:
                found.add(index)
                todo |= callers[index]
        return found

    def _may_raise(self, each: Instruction) -> bool:
        return each.opcode == CALL_INDIRECT or (each.opcode == CALL and each.operand in self.raising)

    def _plain(self, function: Function) -> bytes:
        out = bytearray()
        code = self.code[function.index]
        for each, following in zip(code, [*code[1:], None], strict=True):
            out += function.body[each.start : each.stop]
            leaves = following is None or following.opcode == RETURN
            last = following is not None and following.opcode == END_OP and each.depth == 0
            if self._may_raise(each) and not leaves and not last:
                out += self._check(function, each)
        return function.encode(bytes(out))

    def _check(self, function: Function, call: Instruction) -> bytes:
        """Return if an exception is on its way. Whatever is returned then, nobody reads."""
        leave = bytes([GLOBAL_GET]) + unsigned(self.raised) + bytes([BR_IF]) + unsigned(call.depth)
        if not function.results or self.program.results_of(call) == function.results:
            return leave
        return ZERO[function.results[0]] + leave + bytes([DROP])

    def _handler(self, function: Function) -> bytes:
        frame = function.first_free_local
        sync = bytes([I32_CONST]) + signed(self.mark) + bytes([I32_LOAD, 2, 0])
        sync += bytes([GLOBAL_SET]) + unsigned(self.raised)
        restore = bytes([LOCAL_GET]) + unsigned(frame) + bytes([GLOBAL_SET]) + unsigned(STACK_POINTER)
        save = bytes([GLOBAL_GET]) + unsigned(STACK_POINTER) + bytes([LOCAL_SET]) + unsigned(frame)
        out = bytearray()
        framed = False
        code = self.code[function.index]
        for position, each in enumerate(code):
            if each.opcode in (CALL, CALL_INDIRECT):
                out += sync + (restore if framed else b"")
            elif each.opcode == RETURN or position == len(code) - 1:
                out += sync
            out += function.body[each.start : each.stop]
            if not framed and each.opcode == GLOBAL_SET and each.operand == STACK_POINTER:
                out += save  # the prologue is over: from here on the stack pointer stays
                framed = True
        return function.encode(bytes(out), ((1, I32),))
