import { expect, it } from 'vitest'
import { isNodeName, parseFileName, sortFileNames, toBootTime, toFileName } from './file-names.ts'

const boot = '0011223344556677'
const bootTime = toBootTime(Date.UTC(2026, 10, 28, 23, 15, 0, 123))
const name = `qlik-1_20261128T231500123Z_${boot}_0001.jsonl`

it('names a file by node, boot and part, and reads the name', () => {
  expect(toFileName({ node: 'qlik-1', bootTime, boot, part: 1 })).toBe(name)
  expect(parseFileName(name)).toEqual({ name, node: 'qlik-1', bootTime, boot, part: 1 })
})

it('takes nothing else for a file of the log', () => {
  const others = [`${name}.1`, `a/${name}`, `.${name}`, name.replace('qlik-1', ''), 'audit.key']
  for (const other of others) expect(parseFileName(other), other).toBeUndefined()
  for (const node of ['', 'a_b', '-a', 'a/b', '..', 'a'.repeat(64)])
    expect(isNodeName(node), node).toBe(false)
})

it('sorts by time, and the parts by their number', () => {
  const part = (number: number) => toFileName({ node: 'qlik-1', bootTime, boot, part: number })
  const earlier = toFileName({ node: 'z', bootTime: toBootTime(0), boot, part: 3 })
  const names = [part(10_000), part(2), 'other.txt', earlier, part(9999)]
  expect(sortFileNames(names).map((one) => one.name)).toEqual([
    earlier,
    part(2),
    part(9999),
    part(10_000),
  ])
})
