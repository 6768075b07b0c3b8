import { describe, expect, it } from 'vitest'
import { type CommandSpec, longOf } from './command.ts'
import { helpOf, helpWidth } from './commander-line.ts'
import { commands } from './commands.ts'
import { listOfCommands } from './find-command.ts'
import { runCli } from './main.ts'
import { memoryTerminal } from './memory-terminal.fixture.ts'

const specs: CommandSpec[] = await Promise.all(commands.map(({ load }) => load()))
const run = async (...args: string[]) => {
  const terminal = memoryTerminal({ folder: '.' })
  const exitCode = await runCli(args, terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}
const tooWide = (text: string) => text.split('\n').filter((line) => [...line].length > helpWidth)

describe.each(specs)('jotgate $name', (spec) => {
  it('says the same of itself in the list and at home', () => {
    const entry = commands.find(({ name }) => name === spec.name)
    expect(entry?.summary).toBe(spec.summary)
  })

  it('has help that fits 80 columns, with two examples at least', () => {
    const help = helpOf(spec)
    expect(tooWide(help)).toEqual([])
    expect(spec.examples.length).toBeGreaterThanOrEqual(2)
    const inOneLine = (text: string) => text.replaceAll(/ \\\n */g, ' ')
    for (const example of spec.examples) expect(inOneLine(help)).toContain(inOneLine(example))
  })

  it('has examples whose options it knows', () => {
    const known = spec.options.map(({ flags }) => /--[a-z-]+/.exec(flags)?.[0])
    const own = spec.examples.join(' ').split(/\$ curl|\| jq|2>/)[0] ?? ''
    const used = own.match(/--[a-z][a-z-]*/g) ?? []
    expect(used.filter((flag) => !known.includes(flag))).toEqual([])
  })

  it('prints help on stdout and ends well', async () => {
    const { exitCode, out, err } = await run(...spec.name.split(' '), '--help')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toContain('Examples:')
  })

  it('takes no empty text: a script’s variable was not set', async () => {
    const needy = spec.options.filter(({ flags, mayBeEmpty }) =>
      spec.foreign === true ? flags.endsWith('<file>') : /</.test(flags) && mayBeEmpty !== true,
    )
    const line = [...spec.name.split(' '), ...(spec.operands ?? []).map(({ name }) => name)]
    for (const { flags } of needy) {
      const { exitCode, out, err } = await run(...line, `--${longOf(flags)}=`)
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
      expect(err).toContain(`--${longOf(flags)} is empty`)
    }
  })

  it('gives each option once', () => {
    const flags = spec.options.map((option) => option.flags.split(' ')[0])
    expect(new Set(flags).size).toBe(flags.length)
  })
})

it('notes below the options break where the width or a sentence ends, not where the source does', () => {
  const notes = 'One line\nthat goes on, and {\na, b }.\nThe next sentence.'
  const [spec] = specs
  if (spec === undefined) throw new Error('There is no command')
  const help = helpOf({ ...spec, notes })
  expect(help).toContain('One line that goes on, and { a, b }.\nThe next sentence.')
})

it('the list of commands fits 80 columns and names them all', () => {
  const list = listOfCommands('')
  expect(tooWide(list)).toEqual([])
  for (const { name } of commands) expect(list).toContain(name)
})

it.each([
  [[], 'Usage: jotgate <command>'],
  [['--help'], 'Usage: jotgate <command>'],
  [['keys'], 'Usage: jotgate keys <command>'],
  [['help'], 'Usage: jotgate <command>'],
  [['help', 'token', 'create'], 'Usage: jotgate token create'],
  [['keys', '--help'], 'Usage: jotgate keys <command>'],
  [['help', 'keys'], 'Usage: jotgate keys <command>'],
])('%j shows help', async (args, text) => {
  expect(await run(...args)).toMatchObject({
    exitCode: 0,
    err: '',
    out: expect.stringContaining(text),
  })
})

it('tells its version', async () => {
  expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

it.each(['1', 'true', 'TRUE', 'yes', 'on'])(
  'errors are JSON where JOTGATE_JSON is %s',
  async (on) => {
    const terminal = memoryTerminal({ folder: '.', environment: { JOTGATE_JSON: on } })
    expect(await runCli(['config', 'print', '--isuer'], terminal)).toBe(2)
    expect(JSON.parse(terminal.err)).toMatchObject({ error: { code: 'ERR_CLI_USAGE' } })
  },
)
