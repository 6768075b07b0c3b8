import { describe, expect, it } from 'vitest'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

/** Nobody listens there: a call that was made would say so, with another exit code. */
const nowhere = ['--for', 'cloud', '--url', 'http://localhost:9', '--token', 'a.b.c']

describe('a wrong line of jotgate request', () => {
  it.each([
    [['GET', '/api/v1/items', '--data', '{}'], /GET takes no --data/],
    [['POST', '/x', '--content-type', 'text/csv'], /--content-type is for a body/],
    [['POST', '/x', '--data', 'a', '--content-type', 'a\r\nb'], /--content-type holds line breaks/],
    [['GET', '/x', '-H', 'Cookie: TOPSECRET'], /--header Cookie is the session’s own/],
    [['GET', '/x', '-H', 'Authorization=TOPSECRET'], /the token says who asks/],
    [['GET', '/x', '--header', 'host=TOPSECRET'], /follows from the deployment’s url/],
    [['GET', '/x', '-H', 'Connection: close'], /concerns one connection only/],
    [['GET', '/x', '-H', 'Content-Type: a/b'], /has an option of its own: --content-type/],
    [['GET', '/x', '-H', 'TOPSECRET'], /--header 1 must be name=value/],
    [['GET', '/x', '-H', 'TOP SECRET: a'], /--header 1 has a name with other characters/],
    [['GET', '/x', '-H', 'X-A: TOPSECRET\r\nCookie: b'], /X-A holds line breaks/],
    [['GET', '/x', '-H', 'X-A: 1', '-H', 'x-a=2'], /x-a is given twice/],
    [['GET', '/x', '-H', 'Host: a', '-H', 'Cookie: b'], /Host follows.*\n.*Cookie is the session/],
    [['GET', '/x', '--timeout', '0'], /--timeout must be from 1s to 1h/],
    [['GET', '/x', '--timeout', '61m'], /--timeout must be from 1s to 1h/],
    [['GET', '/x', '--timeout', 'soon'], /--timeout must be a whole number/],
    [['POST', '/x', '--all-pages'], /--all-pages is for GET/],
    [['TRACE', '/x'], /the method must be one of/],
    [['GET', '//evil.example/x'], /must begin with one slash/],
    [['GET', 'about', '--qrs'], /must begin with one slash/],
    [['GET', '@evil.example/x', '--qrs'], /must begin with one slash/],
    [['GET', 'http://evil.example/x'], /must begin with one slash/],
  ])('%j is refused before anything is sent', async (words, says) => {
    const terminal = memoryTerminal({ folder: '.' })
    const exitCode = await runCli(['request', ...words, ...nowhere], terminal)
    expect({ exitCode, out: terminal.out }).toEqual({ exitCode: 2, out: '' })
    expect(terminal.err).toMatch(says)
    expect(terminal.err).not.toContain('TOPSECRET')
  })
})
