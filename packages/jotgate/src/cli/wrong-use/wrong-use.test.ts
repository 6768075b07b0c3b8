// Wrong command lines, key files and environments: each ends with 1 or 2, says what to do, prints nothing on
// stdout, shows no byte of a key, and leaves no file behind.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'
import { audit } from './audit.fixture.ts'
import { commands } from './commands.fixture.ts'
import { doctor } from './doctor.fixture.ts'
import { writeFiles } from './files.fixture.ts'
import { gateway } from './gateway.fixture.ts'
import { keyCommands } from './key-commands.fixture.ts'
import { rightLines, type WrongUse } from './lines.fixture.ts'
import { options } from './options.fixture.ts'
import { provision } from './provision.fixture.ts'
import { setUp } from './set-up.fixture.ts'
import { settings } from './settings.fixture.ts'
import { signingKeys } from './signing-keys.fixture.ts'
import { tokensAndSessions } from './tokens-and-sessions.fixture.ts'
import { users } from './users.fixture.ts'

const folder = await mkdtemp(join(tmpdir(), 'jotgate-wrong-use-'))
let secrets: readonly string[]

beforeAll(async () => {
  secrets = await writeFiles(folder)
})

afterAll(() => rm(folder, { recursive: true }))

const right = rightLines(folder)
const cases: readonly WrongUse[] = [
  commands,
  options,
  signingKeys,
  users,
  settings,
  keyCommands,
  tokensAndSessions,
  setUp,
  audit,
  gateway,
  doctor,
  provision,
].flatMap((rows) => rows(right))

describe('wrong use', () => {
  it('stands here in 120 forms at least', () => {
    expect(cases.length).toBeGreaterThanOrEqual(120)
  })

  it.each(
    cases.map((one, index) => ({
      ...one,
      index,
      line: one.args
        .map((arg) => arg.slice(0, 40).replace(folder, ''))
        .join(' ')
        .slice(-70),
    })),
  )('$index: $line', async ({ args, env = {}, stdin, shows = false, says }) => {
    const before = await readdir(folder, { recursive: true })
    const environment = { ...env }
    const terminal = Object.assign(
      memoryTerminal({ folder, environment, ...(stdin === undefined ? {} : { stdin }) }),
      { stdoutIsTerminal: shows },
    )
    const exitCode = await runCli(args, terminal)
    expect({ exitCode, err: terminal.err }).toEqual({
      exitCode: expect.toBeOneOf([1, 2]),
      err: expect.stringMatching(says),
    })
    expect(terminal.out).toBe('')
    expect(terminal.err).toMatch(/\nhint: [A-Z`].+\nmore: jotgate explain ERR_/)
    expect(secrets.filter((secret) => terminal.err.includes(secret))).toEqual([])
    expect(await readdir(folder, { recursive: true })).toEqual(before)
  })
})
