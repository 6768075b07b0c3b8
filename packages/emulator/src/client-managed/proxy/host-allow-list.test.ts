import { describe, expect, it } from 'vitest'
import { createSwitches } from '../../control/switches.ts'
import { type ClientManagedSwitches, clientManagedSwitches } from '../switches.ts'
import { isAllowedOrigin } from './host-allow-list.ts'

const isAllowed = (
  origin: string,
  list: readonly string[],
  switches: Partial<ClientManagedSwitches> = {},
) =>
  isAllowedOrigin(
    origin,
    { own: 'sense.acme.example', list },
    createSwitches(clientManagedSwitches, switches).get(),
  )

describe('the host allow list', () => {
  it.each<[string, string[], boolean]>([
    ['https://sense.acme.example', [], true],
    ['https://SENSE.acme.example:8443', [], true],
    ['https://www.acme.example', [], false],
    ['https://www.acme.example:8443', ['WWW.acme.example'], true],
    ['https://www.acme.example', ['acme.example'], false],
    ['https://www.acme.example', ['https://www.acme.example'], false],
    ['https://www.acme.example', ['www.acme.example:443'], false],
    ['https://evilacme.example', ['acme.example'], false],
    ['null', ['null'], false],
  ])('%s with %j: %s', (origin, list, expected) => {
    expect(isAllowed(origin, list)).toBe(expected)
  })

  it('counts hosts below an entry by switch', () => {
    const suffix = { hostAllowList: 'suffix' } as const
    expect(isAllowed('https://www.acme.example', ['acme.example'], suffix)).toBe(true)
    expect(isAllowed('https://evilacme.example', ['acme.example'], suffix)).toBe(false)
  })

  it.each(['https://www.acme.example', 'www.acme.example:443'])('reads %s by switch', (entry) => {
    const read = { hostAllowListWithScheme: 'read' } as const
    expect(isAllowed('https://www.acme.example', [entry], read)).toBe(true)
  })
})
