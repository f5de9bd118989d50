"""Inputs by reference: only from allowed places, only what matches its hash."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from aiohttp import web
from sealwright_agents.errors import InputRefused
from sealwright_agents.inputs import check_input, fetch_input
from sealwright_agents.signer import sha256

CONTENT = b"the input" * 100


async def serve_content(scenario: Callable[[str], Awaitable[bytes]]) -> bytes:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/elsewhere":
            raise web.HTTPFound("/content")
        if request.path == "/chunks":
            response = web.StreamResponse()
            await response.prepare(request)
            for part in (CONTENT[:10], CONTENT[10:]):
                await response.write(part)
                await asyncio.sleep(0.01)
            return response
        return web.Response(body=CONTENT, status=200 if request.path == "/content" else 404)

    app = web.Application()
    app.router.add_get("/{path}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        return await scenario(f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


def fetch(path: str, sources: Sequence[str] = ("http://127.0.0.1:",), limit: int = 10_000) -> bytes:
    return asyncio.run(serve_content(lambda base: fetch_input(base + path, sources, limit)))


def test_fetch_input__reads_whole_answers() -> None:
    assert fetch("/content") == CONTENT
    assert fetch("/chunks") == CONTENT
    assert fetch("/content", limit=len(CONTENT)) == CONTENT


@pytest.mark.parametrize(
    ("path", "sources", "limit", "why"),
    [
        ("/content", ("https://",), 10_000, "no allowed source"),
        ("/missing", ("http://",), 10_000, "answered 404"),
        ("/elsewhere", ("http://",), 10_000, "answered 302"),
        ("/content", ("http://",), len(CONTENT) - 1, "more than 899 bytes"),
        ("/chunks", ("http://",), 10, "more than 10 bytes"),
    ],
)
def test_fetch_input__refuses(path: str, sources: Sequence[str], limit: int, why: str) -> None:
    with pytest.raises(InputRefused, match=why):
        fetch(path, sources, limit)


def test_fetch_input__reports_an_address_that_does_not_answer() -> None:
    with pytest.raises(InputRefused, match="Error"):
        asyncio.run(fetch_input("http://127.0.0.1:9/x", ("http://",), 10))


def test_check_input__matches_size_and_hash() -> None:
    check_input(CONTENT, sha256(CONTENT), 10_000)
    with pytest.raises(InputRefused, match="does not match its hash"):
        check_input(CONTENT + b"x", sha256(CONTENT), 10_000)
    with pytest.raises(InputRefused, match="bytes of input"):
        check_input(CONTENT, sha256(CONTENT), 10)
