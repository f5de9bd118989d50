"""Control flow that coverage must see on the VM as it does on CPython."""

from collections.abc import Iterator


class Odd(Exception):
    """A number is odd."""


def walk(number: int) -> int:
    """A sum over all shapes below."""
    total = 0
    for shape in (branches, loops, handlers, early, nested, generators, quiet):
        total += shape(number)
    return total


def branches(number: int) -> int:
    if number > 5:
        found = 1
    elif number:
        found = 2
    else:
        found = 3
    if number == 4:
        found += 1
    return found if number else found + 1


def loops(number: int) -> int:
    total = 0
    for i in range(number):
        total += i
        if i == 3:
            break
    else:
        total += 100
    left = number
    while left > 0:
        left -= 2
        if left == 2:
            continue
        total += left
    while True:
        total += 1
        if total > 3:
            break
    for _ in []:
        total += 1000
    return total


def handlers(number: int) -> int:
    total = 0
    try:
        if number % 2:
            raise Odd("odd")
        total += 1
    except KeyError:
        total += 10
    except Odd:
        total += 100
    finally:
        total += 1000
    try:
        total += {1: 1}[number]
    except (KeyError, IndexError) as error:
        total += len(error.args)
    return total


def early(number: int) -> int:
    if number > 100:
        return 1
    for i in range(3):
        if i == number:
            return 2
    return 3


def nested(number: int) -> int:
    total = 0
    for i in range(number):
        for j in range(i):
            if j == 1:
                total += 1
            elif j == 2:
                pass
        if i == 77:
            total += 1
    while number:
        while number > 2:
            number -= 1
        number -= 1
    return total


def generators(number: int) -> int:
    squares = [i * i for i in range(number) if i != 1]
    return sum(squares) + sum(counted(number))


def counted(number: int) -> Iterator[int]:
    for i in range(number):
        if i > 50:
            return
        yield i


def quiet(number: int) -> int:
    silent(number)
    return 0


def silent(number: int) -> None:
    if number == 8:
        number += 1


def outer(number: int) -> int:
    """Calls what fails."""
    return 1 + inner(number)


def inner(number: int) -> int:
    try:
        return {0: 1}[0] // [number][number]
    except ValueError:
        return 0
