import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CommandSpec, longOf, nameOfOption } from './command.ts'
import { readByCommander } from './commander-line.ts'
import { commands } from './commands.ts'
import { type Line, readPlainLine } from './read-plain-line.ts'

const specs: CommandSpec[] = await Promise.all(commands.map(({ load }) => load()))
const specOf = (name: string) => {
  const spec = specs.find((one) => one.name === name)
  if (spec === undefined) throw new Error(`There is no command ${name}`)
  return spec
}

const shown = (spec: CommandSpec, { given, operands }: Line) => ({
  operands,
  options: spec.options.map(({ flags }) => [flags, given(nameOfOption(flags))]),
})

/** Words as people type them, rightly and wrongly. */
const words = (spec: CommandSpec) => {
  const longs = spec.options.map(({ flags }) => `--${longOf(flags)}`)
  const value = fc.oneof(
    fc.constantFrom('', '-', '--', '1', '-1', '-x', 'a b', 'name=value', '__proto__', '--nonsense'),
    fc.string(),
  )
  const long = fc.constantFrom(...longs, '--json')
  const word = fc.oneof(
    long,
    value,
    fc.tuple(long, value).map(([name, text]) => `${name}=${text}`),
    long.map((name) => name.slice(1)),
    long.map((name) => name.slice(0, -1)),
  )
  const operands = fc.constantFrom(
    [],
    (spec.operands ?? []).map(({ name }) => name),
  )
  const pair = fc.tuple(long, value)
  const rest = fc.array(fc.oneof(pair, pair, fc.tuple(word)), { maxLength: 5 })
  return fc.tuple(operands, rest).map(([before, after]) => [...before, ...after.flat()])
}

describe('a plain command line', () => {
  it.each(specs)('is read for jotgate $name as commander reads it', (spec) => {
    let plain = 0
    fc.assert(
      fc.property(words(spec), (args) => {
        const line = readPlainLine(spec, args)
        if (line === undefined) return
        plain += 1
        expect(shown(spec, line)).toEqual(shown(spec, readByCommander(spec, args)))
      }),
      { numRuns: 500 },
    )
    // A test that compares nothing would pass too.
    if (!spec.options.some(({ flags }) => /\[|\.\.\./.test(flags)))
      expect(plain).toBeGreaterThan(10)
  })

  it('is one of long options with values, given any number of times, and operands', () => {
    const spec = specOf('token create')
    const line = readPlainLine(spec, ['--group', 'a', '--json', '--group=b', '--subject', '--x'])
    expect(line?.given('group')).toEqual(['a', 'b'])
    expect(line?.given('json')).toBe(true)
    expect(line?.given('subject')).toEqual(['--x'])
    expect(line?.given('name')).toBeUndefined()
    expect(readPlainLine(specOf('token inspect'), ['eyJ'])?.operands).toEqual(['eyJ'])
  })

  it.each([
    ['an unknown option', ['--subjekt', '1']],
    ['a value for a switch', ['--json=yes']],
    ['a value that is missing', ['--subject']],
    ['a short option', ['-s']],
    ['more than the command takes', ['42']],
    ['the end of options', ['--json', '--']],
  ])('is not %s', (_, args) => {
    expect(readPlainLine(specOf('token create'), args)).toBeUndefined()
  })

  it('is none of qs-jwt’s, whose options take several values or perhaps none', () => {
    expect(readPlainLine(specOf('create-qseow'), ['--cert-create', 'true'])).toBeUndefined()
  })
})
